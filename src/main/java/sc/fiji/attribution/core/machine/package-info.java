/**
 * What Java leaves to be done about memory, processes, digests and half floats. Start reading at
 * {@link sc.fiji.attribution.core.machine.JavaHeap}.
 */
package sc.fiji.attribution.core.machine;
