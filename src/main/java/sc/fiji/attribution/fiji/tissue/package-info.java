/**
 * Tissue probability maps of a T1 image: white matter, grey matter and fluid, by a mixture of
 * Gaussians with spatial priors and a bias field. Start reading at {@link
 * sc.fiji.attribution.fiji.tissue.TissueMapsTool}; the mathematics is in {@link
 * sc.fiji.attribution.fiji.tissue.TissueMixture}.
 */
package sc.fiji.attribution.fiji.tissue;
