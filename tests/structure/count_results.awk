# Counts results; prints "PASSED FAILED SKIPPED".
#
# Reads the log of ctest (Testing/Temporary/LastTest.log), or what a check printed. Understood are the
# closing lines of Catch2 and the lines of the checks of this project: "ok      ...", "FAILED  ...",
# "SKIPPED: ...". A test of ctest that prints none of these counts as one.

function end_of_test(passes) {
  # A test case that skips returns early, and Catch2 counts it as passed.
  if (catch) ok -= skips
  if (passes && !ok && !bad && !skips) ok = 1
  if (!passes && !bad) bad = 1
  passed += ok; failed += bad; skipped += skips
  ok = bad = skips = catch = absent = 0
}

/^All tests passed \(/ { catch = 1; sub(/.* in /, ""); ok += $1; next }

/^test cases: / {
  catch = 1
  parts = split($0, part, "|")
  for (i = 2; i <= parts; ++i) {
    split(part[i], word, " ")
    if (part[i] ~ /passed|as expected/) ok += word[1]
    else if (part[i] ~ /failed/) bad += word[1]
    else if (part[i] ~ /skipped/) skips += word[1]
  }
  next
}

/^ok      / { ++ok; next }
/^FAILED  / { ++bad; next }
/^SKIPPED: / { ++skips; next }

/^[0-9]+\/[0-9]+ Testing: / { in_ctest = 1 }
# A program that does not exist "passes", as far as this log goes.
/^Command: ""$/ { absent = 1 }
/^Test Passed\.$/ { end_of_test(!absent) }
/^Test Failed\.$/ { end_of_test(0) }

END {
  if (!in_ctest) { passed += ok; failed += bad; skipped += skips }
  print passed + 0, failed + 0, skipped + 0
}
