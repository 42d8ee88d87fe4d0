/**
 * A map as an image: grid, calibration, LUT, display range, provenance. Start reading at {@link
 * sc.fiji.attribution.fiji.map.MapImage}. A map's numbers are never changed here.
 */
package sc.fiji.attribution.fiji.map;
