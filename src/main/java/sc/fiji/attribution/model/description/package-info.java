/**
 * What a file beside the model says of it: bioimage.io and {@code attribution.yaml}. All YAML is
 * read here. Start reading at {@link sc.fiji.attribution.model.description.DescriptionFormat}.
 */
package sc.fiji.attribution.model.description;
