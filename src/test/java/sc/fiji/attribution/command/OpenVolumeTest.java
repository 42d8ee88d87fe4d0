/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.scijava.Context;
import org.scijava.app.StatusService;
import org.scijava.command.CommandInfo;
import org.scijava.command.CommandService;
import org.scijava.module.ModuleService;
import sc.fiji.attribution.command.tool.ToolCommand;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

class OpenVolumeTest {

    @TempDir Path folder;

    /** The place in the world is there, and the middle slice is shown. */
    @Test
    void aNiftiWithItsPlace() throws InterruptedException, ExecutionException {
        ImagePlus volume = Specimens.image(32, 4, 5, 1, 6, 1, p -> p[0] + 10 * p[3]);
        VoxelToWorld affine =
                new VoxelToWorld(new double[] {-2, 0, 0, 10, 0, 2, 0, -20, 0, 0, 3, 5});
        ImageGeometry.attach(volume, affine, new double[] {2, 2, 3}, "mm", 0);
        String file = folder.resolve("v.nii.gz").toString();
        ImageFile.save(volume, file);
        try (Context context = new Context(CommandService.class, StatusService.class)) {
            ToolCommand read = run(context, "file", file);
            ImagePlus opened = (ImagePlus) read.getOutput("image");
            assertEquals(affine.toString(), ImageGeometry.of(opened).affine().toString());
            assertEquals(3, opened.getSlice());
            assertEquals(33, opened.getStack().getProcessor(4).getf(3, 2));
            ToolCommand none = run(context);
            assertTrue(none.getCancelReason().contains("file"), none.getCancelReason());
        }
    }

    private static ToolCommand run(Context context, Object... inputs)
            throws InterruptedException, ExecutionException {
        CommandInfo info = context.service(CommandService.class).getCommand(OpenVolume.class);
        return (ToolCommand) context.service(ModuleService.class).run(info, true, inputs).get();
    }
}
