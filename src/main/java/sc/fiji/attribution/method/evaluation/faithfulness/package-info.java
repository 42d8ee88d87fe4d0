/**
 * What becomes of the score when voxels that the map calls important are taken away or put back.
 * Removed voxels take the values of the trial's reference. Start reading at {@link
 * sc.fiji.attribution.method.evaluation.faithfulness.Removal}.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;
