/**
 * NIfTI files: header, types, geometry, reading and writing. Scaling and orientation are kept.
 * Start reading at {@link sc.fiji.attribution.fiji.nifti.Nifti}.
 */
package sc.fiji.attribution.fiji.nifti;
