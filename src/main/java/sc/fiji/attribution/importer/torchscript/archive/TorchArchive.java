/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import sc.fiji.attribution.core.ModelException;

/**
 * The zip that PyTorch writes: one folder with pickles, code and the raw numbers of each storage.
 * Nothing is unpacked to disk; entries are read by name, so where their names would lead does not
 * matter. What comes out is bounded by the size of the file.
 *
 * <p>Not thread-safe; to be closed.
 */
public final class TorchArchive implements AutoCloseable {

    private static final int ENTRIES = 100_000;

    /** Most bytes of a pickle or of a file of code. */
    private static final int TEXT = 64 << 20;

    /** Most bytes that come out for each byte of the file, beyond those that are free. */
    private static final long RATIO = 200;

    private static final long FREE = 16L << 20;

    private final ZipFile zip;
    private final Map<String, ZipEntry> entries = new TreeMap<>();
    private final long length;
    private long left;

    /** Of the storage that was read last: a grouped convolution asks for each of its groups. */
    private String lastName = "";

    private SoftReference<ByteBuffer> last = new SoftReference<>(null);

    private TorchArchive(ZipFile zip, long length) {
        this.zip = zip;
        this.length = length;
        this.left = FREE + RATIO * length;
    }

    /**
     * @throws ModelException where the file is no zip, is damaged, or names an entry twice
     */
    public static TorchArchive open(Path file) {
        try {
            TorchArchive archive = new TorchArchive(new ZipFile(file.toFile()), Files.size(file));
            try {
                archive.list();
                return archive;
            } catch (RuntimeException e) {
                archive.close();
                throw e;
            }
        } catch (ZipException | IllegalArgumentException e) {
            throw new ModelException(
                    "the archive is damaged or incomplete (" + e.getMessage() + "): copy it again",
                    e);
        } catch (IOException e) {
            throw new ModelException(
                    "the file cannot be read ("
                            + Objects.requireNonNullElse(e.getMessage(), "it ends early")
                            + ")",
                    e);
        }
    }

    private void list() {
        if (zip.size() > ENTRIES) {
            throw new ModelException(
                    "the archive has " + zip.size() + " entries, more than " + ENTRIES);
        }
        List<? extends ZipEntry> all = Collections.list(zip.entries());
        String folder = null;
        for (ZipEntry entry : all) {
            String name = entry.getName();
            int slash = name.indexOf('/');
            String first = slash < 0 ? "" : name.substring(0, slash + 1);
            folder = folder == null ? first : folder.equals(first) ? folder : "";
        }
        for (ZipEntry entry : all) {
            String name = entry.getName().substring(folder.length());
            if (!entry.isDirectory() && entries.put(name, entry) != null) {
                throw new ModelException("the archive has two entries '" + entry.getName() + "'");
            }
        }
    }

    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /** Names below a folder such as {@code "code/"}, sorted, without the archive's own folder. */
    public List<String> names(String folder) {
        List<String> names = new ArrayList<>();
        for (String name : entries.keySet()) {
            if (name.startsWith(folder)) {
                names.add(name);
            }
        }
        return names;
    }

    /** Bytes of an entry when unpacked, as the archive says. */
    long size(String name) {
        return entry(name).getSize();
    }

    /** Whether an entry lies in the file unpacked, so that it is no longer than the file. */
    boolean isStored(String name) {
        ZipEntry entry = entry(name);
        return entry.getMethod() == ZipEntry.STORED
                && entry.getCompressedSize() == entry.getSize()
                && entry.getSize() <= length;
    }

    /** A pickle, or a file of code. */
    public byte[] bytes(String name) {
        if (size(name) > TEXT) {
            throw tooLarge(name);
        }
        try (InputStream in = stream(name)) {
            byte[] bytes = in.readNBytes(TEXT + 1);
            if (bytes.length > TEXT) {
                throw tooLarge(name);
            }
            return bytes;
        } catch (IOException e) {
            throw damaged(name, e);
        }
    }

    public String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    /** What was kept of an entry; empty where that was not the last, or its memory was needed. */
    Optional<ByteBuffer> kept(String name) {
        return name.equals(lastName) ? Optional.ofNullable(last.get()) : Optional.empty();
    }

    /** Keeps an entry's numbers, which nobody changes, as long as there is memory. */
    void keep(String name, ByteBuffer numbers) {
        lastName = name;
        last = new SoftReference<>(numbers);
    }

    /** The numbers of a storage, to be closed; gives no more than the archive may hold. */
    InputStream stream(String name) {
        try {
            return new Bounded(zip.getInputStream(entry(name)), name);
        } catch (IOException e) {
            throw damaged(name, e);
        }
    }

    static ModelException damaged(String name, IOException cause) {
        return new ModelException(
                "'" + name + "' in the archive is damaged or incomplete: copy it again", cause);
    }

    private ZipEntry entry(String name) {
        ZipEntry entry = entries.get(name);
        if (entry == null) {
            throw new ModelException("the archive has no '" + name + "': it is incomplete");
        }
        return entry;
    }

    private static ModelException tooLarge(String name) {
        return new ModelException(
                "'" + name + "' in the archive is larger than " + (TEXT >> 20) + " MB");
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new ModelException("the file cannot be closed", e);
        }
    }

    private final class Bounded extends java.io.FilterInputStream {

        private final String name;

        Bounded(InputStream in, String name) {
            super(in);
            this.name = name;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = super.read(bytes, offset, length);
            left -= Math.max(n, 0);
            if (left < 0) {
                throw new ModelException(
                        "the archive unpacks to far more than a model of its size holds, at '"
                                + name
                                + "'");
            }
            return n;
        }
    }
}
