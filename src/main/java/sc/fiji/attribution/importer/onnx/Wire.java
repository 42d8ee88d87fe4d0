/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Map;

/** Walks over the fields of a message in protocol buffers' wire format. */
final class Wire {

    /** Messages within messages: graphs within nodes of graphs, say. */
    private static final int DEEPEST = 64;

    /** What becomes of a field; returns false for one that is not known, which is left out. */
    @FunctionalInterface
    interface Field {
        boolean read(int number, int type) throws IOException;
    }

    private final CodedInputStream in;
    private int depth;

    Wire(CodedInputStream in) {
        this.in = in;
    }

    CodedInputStream in() {
        return in;
    }

    /** All fields up to the end of the file or of the message that is being read. */
    void fields(Field field) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int type = WireFormat.getTagWireType(tag);
            if (!field.read(WireFormat.getTagFieldNumber(tag), type) && !in.skipField(tag)) {
                throw new IOException("a group ends that did not begin");
            }
        }
    }

    /** The message that follows. */
    void message(Field field) throws IOException {
        int length = in.readRawVarint32();
        if (++depth > DEEPEST) {
            throw new IOException("messages are nested too deep");
        }
        int limit = in.pushLimit(length);
        fields(field);
        if (in.getBytesUntilLimit() != 0) {
            throw new IOException("a message ends too late");
        }
        in.popLimit(limit);
        depth--;
    }

    String text() throws IOException {
        return in.readString();
    }

    /** A pair of texts. */
    void entry(Map<String, String> to) throws IOException {
        String[] pair = {"", ""};
        message(
                (number, type) -> {
                    if (number > 2) {
                        return false;
                    }
                    pair[number - 1] = text();
                    return true;
                });
        to.put(pair[0], pair[1]);
    }

    /** Where the bytes that follow lie in the file; they are stepped over. */
    Region region() throws IOException {
        int length = in.readRawVarint32();
        if (length < 0) {
            throw new IOException("a length is negative");
        }
        Region region = new Region(in.getTotalBytesRead(), length);
        in.skipRawBytes(length);
        return region;
    }

    /** Some bytes of a file. */
    record Region(long offset, long length) {}
}
