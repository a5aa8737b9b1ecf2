"""count.py BUILD TESTLOG: prints "ok NAME" or "not ok NAME" for every test case of a meson test run.

Cases come from TESTLOG.junit.xml, the verdict on each program from TESTLOG.json: a program that ends badly
after cases that all passed is one more failure, and so is a skipped case. Logs of programs that did not
pass go to stderr.
"""
import json
import sys
import xml.etree.ElementTree as ElementTree


def say(good, name):
    print(("ok " if good else "not ok ") + " ".join(name.split()))


def main(build, testlog):
    failed_suites = set()
    n_cases = 0
    for suite in ElementTree.parse(testlog + ".junit.xml").getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            bad = any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
            n_cases += 1
            say(not bad, f"{build}: {suite.get('name')}: {case.get('name')}")
            if bad:
                failed_suites.add(suite.get("name"))
                failed_suites.add(case.get("name"))
    with open(testlog + ".json") as lines:
        tests = [json.loads(line) for line in lines]
    for test in tests:
        if test["result"] in ("OK", "EXPECTEDFAIL"):
            continue
        if not any(test["name"].endswith(name) or name.endswith(test["name"]) for name in failed_suites):
            say(False, f"{build}: {test['name']} ended with {test['result']}")
        print(f"-- {build}: {test['name']}: {test['result']}", file=sys.stderr)
        for stream in ("stdout", "stderr"):
            print("\n".join(test.get(stream, "").splitlines()[-80:]), file=sys.stderr)
    return 0 if n_cases and tests else 1


sys.exit(main(*sys.argv[1:]))
