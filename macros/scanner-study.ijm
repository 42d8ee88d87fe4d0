// Two networks for the same question, one of which learned the scanner: the audit of each.
// The macro's argument, or what you choose when asked, is the folder sample-images/scanner-study.
// Results go into folders of their own beside it; read report.html there, and the verdict below.

study = getArgument();
if (study == "") {
    study = getDirectory("The folder sample-images/scanner-study");
}
networks = newArray("clean", "biased");
for (n = 0; n < networks.length; n++) {
    results = study + "/audit-" + networks[n];
    run("Cohort...", "table=[" + study + "/audit.csv] model=[" + study + "/" + networks[n]
        + "] method=none confound=site output=[" + results + "]");
    rows = split(File.openAsString(results + "/bias.csv"), "\n");
    print(networks[n] + ": " + rows[1]);
}
