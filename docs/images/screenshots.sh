#!/usr/bin/env bash
# Makes the pictures of the manual that show windows anew: needs Xvfb, Maven and a JDK.
# Look at each of them afterwards.
set -eu
cd "$(dirname "$0")/../.."
mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
java -cp "target/classes:target/test-classes:$(cat target/classpath)" \
    sc.fiji.attribution.ij1.Screenshots docs/images
