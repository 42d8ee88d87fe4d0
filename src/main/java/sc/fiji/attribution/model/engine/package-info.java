/**
 * How engines are found and kept apart from the libraries of others, and the pool of loaded models.
 * Nothing here knows any engine. Start reading at {@link sc.fiji.attribution.model.engine.Engines}.
 */
package sc.fiji.attribution.model.engine;
