#!/usr/bin/env bash
# Makes what a study ships anew, from the simulator to the trained networks, and compares it with
# sample-images, byte for byte. Files go to target/made; the exit code says whether all are the same.
#
#   src/test/python/studies/make.sh sample|ms|tumour|scanner [VOLUMES]
#
# VOLUMES, ../shared/volumes if not given, holds `nifti` and `nifti_ms`. Needs Maven, and Python with
# the packages of requirements.txt (the versions count, too).
set -euo pipefail
study=${1:?sample, ms, tumour or scanner}
volumes=${2:-../shared/volumes}
here=src/test/python/studies
subjects=target/studies
made=target/made
declare -A count=([sample]=60 [ms]=300 [tumour]=300 [scanner]=120)

mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath
java -cp "target/classes:target/test-classes:$(cat target/classpath)" \
    sc.fiji.attribution.simulation.MakeSubjects \
    "$volumes/nifti" "$volumes/nifti_ms" "$subjects" "$study=${count[$study]}"
rm -rf "$made/$study"
mkdir -p "$made/$study"
case $study in
    sample)
        python $here/sample.py $subjects/sample $made/sample
        shipped=sample-images
        ;;
    scanner)
        python $here/scanner.py $subjects/scanner --seeds 1 --epochs 40 --pairings clean,biased \
            --save $made/scanner
        for pairing in clean biased; do mv $made/scanner/$pairing-0 $made/scanner/$pairing; done
        cp $subjects/scanner/audit.csv $made/scanner
        tail -n +2 $made/scanner/audit.csv | tr ',' '\n' | grep '[.]tif$' | sort -u |
            while read -r image; do cp "$subjects/scanner/$image" $made/scanner; done
        shipped=sample-images/scanner-study
        ;;
    *)
        sites="python $here/sites.py $subjects/$study --seeds 1 --subjects 300 --epochs 20"
        sites+=" --save $made/$study/networks"
        inputs=maps
        if [ "$study" = ms ]; then
            inputs="maps t1,flair"
            $sites --inputs maps --constraints 0.05
        fi
        $sites --inputs $inputs --constraints 0
        python $here/ship.py $subjects/$study $made/$study --inputs $inputs
        shipped=sample-images/$study-study
        ;;
esac
# Pages about them are written by hand, and the studies lie beside the samples.
diff -rq -x README.md -x '*-study' "$made/$study" "$shipped"
echo "$(find "$made/$study" -type f | wc -l) files made, all as in $shipped"
