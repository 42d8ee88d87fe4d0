/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.OptionException;

/** Tables as spreadsheet programs, scripts and data sets leave them. */
class SubjectTableTest {

    @TempDir Path folder;

    private SubjectTable read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private SubjectTable read(byte[] bytes) throws IOException {
        return SubjectTable.read(Files.write(folder.resolve("table.csv"), bytes));
    }

    private void assertRefused(String text, String why) {
        String message = assertThrows(OptionException.class, () -> read(text)).getMessage();
        assertTrue(message.contains(why), message);
        assertTrue(message.indexOf('\n') < 0, message);
    }

    @Test
    void semicolonsQuotesMarkAndWindowsLines() throws IOException {
        SubjectTable table =
                read(
                        "\uFEFFid;image;label;site\r\n"
                                + "\"a;1\";\"x \"\"1\"\".tif\";MS;K\u00f6ln\r\n\r\n"
                                + "b;b.tif;n/a;Bonn\r\n");
        assertEquals(List.of("id", "image", "label", "site"), table.columns());
        assertEquals("a;1", table.subjects().get(0).id());
        assertEquals("a_1", table.subjects().get(0).file());
        assertEquals(
                Map.of("", folder.toAbsolutePath().resolve("x \"1\".tif")),
                table.subjects().get(0).images());
        assertEquals("K\u00f6ln", table.subjects().get(0).cell("site"));
        assertEquals("", table.subjects().get(1).label());
    }

    @Test
    void excelsOwnLineSaysTheSeparator() throws IOException {
        SubjectTable table = read("sep=;\r\nid;image;a,b,c,d\r\n1;2,5;3\r\n");
        assertEquals(List.of("id", "image", "a,b,c,d"), table.columns());
        assertEquals("3", table.subjects().get(0).cell("a,b,c,d"));
    }

    @Test
    void excelsOwnEncodings() throws IOException {
        String text = "id\timage\tort\nm\u00fc\tm.tif\tK\u00f6ln\n";
        for (Charset charset : List.of(Charset.forName("windows-1252"), StandardCharsets.UTF_16)) {
            SubjectTable table = read(text.getBytes(charset));
            assertEquals("m\u00fc", table.subjects().get(0).id(), charset.name());
            assertEquals("K\u00f6ln", table.subjects().get(0).cell("ort"), charset.name());
        }
    }

    /** One rule for all columns: a site that is called NA stands in quotes. */
    @Test
    void whatIsMissing() throws IOException {
        SubjectTable table =
                read(
                        "id,image,site,age\n1,a,NA,n/a\n2,b,\"NA\",NaN\n3,c,Nan,nan\n"
                                + "4,d,\"N/A\",\n");
        assertEquals(
                List.of("", "NA", "", ""),
                table.subjects().stream().map(s -> s.cell("site")).toList());
        assertEquals(List.of(), table.levels("age"));
    }

    /** Whichever of them names the other, and through a third. */
    @Test
    void twinsAreOneSubject() throws IOException {
        SubjectTable table =
                read("id,image,twin\na,1,b\nb,2,\nc,3,\nd,4,e\ne,5,\nf,6,d\ng,7,g\nh,8,x\n");
        List<Subject> all = table.subjects();
        assertEquals(
                List.of("a", "c", "d", "g", "h"),
                table.once(all).stream().map(Subject::id).toList());
        assertEquals(
                List.of("b", "e"),
                table.once(List.of(all.get(1), all.get(4), all.get(5))).stream()
                        .map(Subject::id)
                        .toList());
        assertEquals(
                List.of(
                        "By the column twin the 8 rows are 5 subjects, each of which counts once.",
                        "1 name a twin that is the id or image of no row, and count as without one:"
                                + " h (x)."),
                table.odd());
    }

    /**
     * Spreadsheet programs leave out empty cells at the end: they count as such, and it is said.
     */
    @Test
    void rowsThatEndEarlyAreSaid() throws IOException {
        SubjectTable table = read("id,image,site,age\na,1,A,60\n\nb,2,B\nc,3,A,\nd,4\n");
        assertEquals(
                List.of("A", "B", "A", ""),
                table.subjects().stream().map(s -> s.cell("site")).toList());
        assertEquals(
                List.of(
                        "2 of 4 rows end before the headings do, and what they lack counts as"
                                + " empty: row 3 (b) has no cell for age; row 5 (d) has no cell for"
                                + " site, age. If cells were lost, mend the table."),
                table.odd());
        assertEquals(List.of(), read("id,image,site\na,1,A\nb,2,\n").odd());
    }

    /** Words for nothing made those rows one subject. */
    @Test
    void aTwinThatIsNoRowIsNotShared() throws IOException {
        for (String word : List.of("none", "no", "0", "-", "x.tif")) {
            String rows = "id,image,twin\na,1," + word + "\nb,2,\nc,3," + word + "\n";
            OptionException refused = assertThrows(OptionException.class, () -> read(rows));
            assertTrue(
                    refused.getMessage()
                            .contains(
                                    "'"
                                            + word
                                            + "' is the id or image of no row, and 2 rows name"
                                            + " it (a, c)"),
                    refused.getMessage());
        }
        SubjectTable table = read("id,image,twin\na,1,n/a\nb,2,NA\nc,3,NaN\n");
        assertEquals(3, table.once(table.subjects()).size());
        assertEquals(List.of(), table.odd());
    }

    @Test
    void twinsByIdOrByImage() throws IOException {
        SubjectTable table =
                read(
                        "id,image:t1,image:flair,twin,lesion-free:t1\n"
                                + "a,a1.tif,a2.tif,b,\n"
                                + "b,b1.tif,b2.tif,./a1.tif,b3.tif\n"
                                + "c,c1.tif,c2.tif,elsewhere.tif,\n");
        assertEquals("b", table.subjects().get(0).cell("twin"));
        assertEquals("a", table.subjects().get(1).cell("twin"));
        assertEquals("elsewhere.tif", table.subjects().get(2).cell("twin"));
        assertEquals(
                Map.of("t1", folder.toAbsolutePath().resolve("b3.tif")),
                table.lesionFree(table.subjects().get(1)));
        assertEquals(Map.of(), table.lesionFree(table.subjects().get(0)));
        assertEquals(List.of(), table.groups());
    }

    @Test
    void channelsOfSeveralFiles() throws IOException {
        Subject subject = read("image:t1,image:flair\na.tif,b.tif\n").subjects().get(0);
        assertEquals(List.of("t1", "flair"), List.copyOf(subject.images().keySet()));
        assertEquals("a", subject.id());
    }

    @Test
    void bids() throws IOException {
        Path t1 = folder.resolve("sub-01/anat/sub-01_T1w.nii.gz");
        Files.createDirectories(t1.getParent());
        Files.createFile(t1);
        Path file =
                Files.writeString(
                        folder.resolve("participants.tsv"),
                        "participant_id\tage\tsex\nsub-01\t34\tF\n");
        Subject subject = SubjectTable.read(file).subjects().get(0);
        assertEquals("sub-01", subject.id());
        assertTrue(Files.isSameFile(t1, subject.images().get("")));
        assertEquals("F", subject.cell("sex"));
    }

    @Test
    void groupsAreNotNumbersOfMany() throws IOException {
        StringBuilder text = new StringBuilder("image,label,site,age,sex,note\n");
        for (int i = 0; i < 20; i++) {
            text.append(
                    String.format(
                            "%d.tif,x,%s,%d,%d,n%d%n", i, "ABC".charAt(i % 3), 30 + i, i % 2, i));
        }
        assertEquals(List.of("site", "sex"), read(text.toString()).groups());
    }

    @Test
    void namesOfFilesStayInTheFolderAndApart() throws IOException {
        List<Subject> subjects = read("id,image\n../../x,a\n.._.._x,b\nA,c\na,d\n").subjects();
        assertEquals(
                List.of("__.._x", "__.._x_2", "A", "a_2"),
                subjects.stream().map(Subject::file).toList());
    }

    @Test
    void whatIsRefused() {
        assertRefused("", "no subjects");
        assertRefused("id,image\n", "no subjects");
        assertRefused("id,picture\na,b\n", "no column 'image'");
        assertRefused("id,image\na,x\nb,y\na,z\n", "subjects 1 and 3 have the same id 'a'");
        assertRefused("id,image,image\na,x,y\n", "two columns 'image'");
        assertRefused("id,image\na,x,y\n", "3 cells under 2 headings");
        assertRefused("id;image;site\na,x.tif,y\n", "one cell, 'a,x.tif,y', under 3 headings");
        assertRefused("id,image\n\"a,x\n", "cannot be read");
        assertRefused(
                "image\na/t1.nii\nb/t1.nii\n",
                "subjects 1 and 2 have the same id 't1', the name of their images; give each its"
                        + " own in a column id.");
        assertRefused("id|image\na|b\n", "separated by commas, semicolons or tabs");
        assertRefused("PK\0\0zip\nx\n", "no text");
    }

    @Test
    void unknownColumnSaysWhichThereAre() throws IOException {
        SubjectTable table = read("id,image,site\na,x,A\n");
        String message =
                assertThrows(OptionException.class, () -> table.require("confound", "scanner"))
                        .getMessage();
        assertTrue(message.contains("confound=scanner") && message.contains("site"), message);
    }

    @Test
    void manyRows() throws IOException {
        StringBuilder text = new StringBuilder("id,image,label\n");
        for (int i = 0; i < 100_000; i++) {
            text.append('s').append(i).append(",images/").append(i).append(".nii.gz,x\n");
        }
        assertEquals(100_000, read(text.toString()).subjects().size());
    }

    @Test
    void writtenTablesReadBack() throws IOException {
        CsvFile out = new CsvFile(List.of("image", "value", "n"));
        out.add(List.of("a \"b\", c\nd", 0.1 + 0.2, 3));
        out.add(List.of("e", Double.NaN, 4));
        out.save(folder.resolve("table.csv"));
        SubjectTable table = SubjectTable.read(folder.resolve("table.csv"));
        assertEquals("0.30000000000000004", table.subjects().get(0).cell("value"));
        assertEquals("a \"b\", c\nd", table.subjects().get(0).cell("image"));
        assertEquals("", table.subjects().get(1).cell("value"));
    }
}
