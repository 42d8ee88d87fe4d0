/**
 * Voxels and their grids: lengths, resampling, regions and receptive fields. Start reading at
 * {@link sc.fiji.attribution.core.grid.Grid}.
 */
package sc.fiji.attribution.core.grid;
