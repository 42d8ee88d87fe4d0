/**
 * Hidden features and found images as images, montages and tables. Start reading at {@link
 * sc.fiji.attribution.fiji.feature.FeatureImage}. The tools above decide what is shown.
 */
package sc.fiji.attribution.fiji.feature;
