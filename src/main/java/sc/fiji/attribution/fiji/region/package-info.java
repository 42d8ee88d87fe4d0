/**
 * Regions and what is measured in them: selections, label images, supervoxels. Start reading at
 * {@link sc.fiji.attribution.fiji.region.RegionChoice}. Tables are made here too.
 */
package sc.fiji.attribution.fiji.region;
