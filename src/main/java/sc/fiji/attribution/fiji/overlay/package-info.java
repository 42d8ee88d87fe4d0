/**
 * Maps over images: colours, slices, lettering, pictures. Start reading at {@link
 * sc.fiji.attribution.fiji.overlay.Overlay}. Nothing here changes a value.
 */
package sc.fiji.attribution.fiji.overlay;
