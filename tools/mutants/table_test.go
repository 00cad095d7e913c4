package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	mutants, err := parse("demo", `# What it is about.

one is two
file one/one.go
- return 1
+ return 2
# a remark within
test one TestOne

everything at once
file one/one.go
- 	a
-
- b
+ 	c
+ d
- e
file two.lua
- f
+
test one TestOne/a part, with blanks
args -x -y=1
timeout 3m
hangs
slow
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(mutants) != 2 {
		t.Fatalf("%d mutants", len(mutants))
	}
	one, all := mutants[0], mutants[1]
	if one.name != "one is two" || one.from != "demo" || one.pkg != "one" || one.test != "TestOne" || one.timeout != defaultTimeout || one.slow || one.hangs {
		t.Errorf("%+v", one)
	}
	if len(one.edits) != 1 || one.edits[0] != (edit{"one/one.go", "return 1", "return 2"}) {
		t.Errorf("%+v", one.edits)
	}
	want := []edit{{"one/one.go", "\ta\n\nb", "\tc\nd"}, {"one/one.go", "e", ""}, {"two.lua", "f", ""}}
	if len(all.edits) != len(want) {
		t.Fatalf("%+v", all.edits)
	}
	for i, e := range all.edits {
		if e != want[i] {
			t.Errorf("%q, want %q", e, want[i])
		}
	}
	if all.test != "TestOne/a part, with blanks" || all.topTest() != "TestOne" || strings.Join(all.args, " ") != "-x -y=1" ||
		all.timeout != 3*time.Minute || !all.slow || !all.hangs {
		t.Errorf("%+v", all)
	}
	if !one.matches("TWO") || !one.matches("demo") || !one.matches("") || one.matches("everything") {
		t.Error("what a word means")
	}
}

func TestWhatIsNoMutant(t *testing.T) {
	const begin, change, test = "name\n", "file a.go\n- x\n+ y\n", "test a TestA\n"
	for text, want := range map[string]string{
		begin + test:                                  "changes nothing",
		begin + change:                                "no test",
		begin + "- x\n+ y\n" + test:                   "no file",
		begin + "file ../a.go\n- x\n+ y\n" + test:     "below the root",
		begin + "file a_test.go\n- x\n+ y\n" + test:   "a test is not",
		begin + "file a.go\n- x\n+ x\n" + test:        "a change that is none",
		begin + "file a.go\n+ y\n" + test:             "nothing that it replaces",
		begin + change + "file b.go\n+ y\n" + test:    "nothing that it replaces",
		begin + change + "test a Example\n":           "no test",
		begin + change + test + test:                  "not understood",
		begin + change + test + "timeout soon\n":      "no time",
		begin + change + test + "it must not compile": "not understood",
	} {
		if _, err := parse("demo", "# remark\n\n"+text); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestNamesAreUnique(t *testing.T) {
	folder := t.TempDir()
	if _, err := readTable(folder); err == nil {
		t.Error("an empty table")
	}
	for _, name := range []string{"a.txt", "b.txt"} {
		text := "the same\nfile a.go\n- x\n+ y\ntest a TestA\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := readTable(folder); err == nil || !strings.Contains(err.Error(), "in a already") {
		t.Errorf("%v", err)
	}
}

func TestCheck(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{"a/a.go": "x y y\nz", "a/a_test.go": "func TestAnother(t *testing.T) {\nfunc TestA(t *testing.T) {"})
	for _, tt := range []struct{ file, old, test, want string }{
		{"a/a.go", "x", "TestA", ""},
		{"a/a.go", "x", "TestA/part", ""},
		{"a/a.go", "y\nz", "TestA", ""},
		{"a/a.go", "y", "TestA", "occurs 2 times"},
		{"a/a.go", "w", "TestA", "occurs 0 times"},
		{"a/b.go", "x", "TestA", "b.go"},
		{"a/a.go", "x", "TestAno", "no TestAno"},
	} {
		m := mutant{name: "broken", edits: []edit{{tt.file, tt.old, "new"}}, pkg: "a", test: tt.test}
		err := m.check(root)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
