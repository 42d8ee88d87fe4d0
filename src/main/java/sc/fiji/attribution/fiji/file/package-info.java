/**
 * Files of images, tables and pictures: opened, written whole or not at all. Start reading at
 * {@link sc.fiji.attribution.fiji.file.ImageFile}. Sample data lies here too.
 */
package sc.fiji.attribution.fiji.file;
