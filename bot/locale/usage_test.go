package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// usage is what Go source says about messages. It reads syntax only: types are
// known where they are written down.
type usage struct {
	set      *token.FileSet
	keys     map[string][]string // literals that stand where a bot.Key is wanted, and where
	literals map[string]bool     // all other literals that look like a key
	prefixes map[string]bool     // literals that look like a key's beginning: "s.state."
	// takesKey holds, by the name of a function or method, the places of its
	// parameters of type bot.Key. Every words.Text takes one.
	takesKey map[string]map[int]bool
	holdsKey map[string]bool // the names of struct fields of type bot.Key
}

func newUsage() *usage {
	return &usage{
		set:      token.NewFileSet(),
		keys:     map[string][]string{},
		literals: map[string]bool{},
		prefixes: map[string]bool{},
	}
}

var (
	keyPattern    = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_-]+)+$`)
	prefixPattern = regexp.MustCompile(`^[a-z]+\.([a-z0-9_-]+\.)*$`)
)

// has reports whether the source may ask for the message.
func (u *usage) has(key string) bool {
	if len(u.keys[key]) > 0 || u.literals[key] {
		return true
	}
	for prefix := range u.prefixes {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// readFolder reads all Go source below a folder but tests and their data.
func (u *usage) readFolder(folder string) error {
	var packages [][]*ast.File
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case d.Name() == "testdata" || strings.HasSuffix(d.Name(), "test"): // bottest, adaptertest
			return fs.SkipDir
		}
		names, err := filepath.Glob(filepath.Join(path, "*.go"))
		if err != nil {
			return err
		}
		var files []*ast.File
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(u.set, name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			files = append(files, f)
		}
		packages = append(packages, files)
		return nil
	})
	if err != nil {
		return err
	}
	for _, files := range packages {
		u.readPackage(files)
	}
	return nil
}

func (u *usage) readSource(name, source string) error {
	f, err := parser.ParseFile(u.set, name, source, parser.SkipObjectResolution)
	if err == nil {
		u.readPackage([]*ast.File{f})
	}
	return err
}

// readPackage reads the files of a package: first which of its functions take a
// key and which of its structs hold one, then with what.
func (u *usage) readPackage(files []*ast.File) {
	u.takesKey = map[string]map[int]bool{"Text": {1: true}}
	u.holdsKey = map[string]bool{"Summary": true, "Example": true}
	for _, f := range files {
		ast.Inspect(f, u.declare)
	}
	for _, f := range files {
		ast.Inspect(f, u.visit)
	}
}

func (u *usage) declare(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Name.Name != "Text" {
			u.takesKey[n.Name.Name] = keyParameters(n.Type)
		}
	case *ast.StructType:
		for _, field := range n.Fields.List {
			for _, name := range field.Names {
				if isKeyType(field.Type) {
					u.holdsKey[name.Name] = true
				}
			}
		}
	}
	return true
}

func keyParameters(fn *ast.FuncType) map[int]bool {
	places := map[int]bool{}
	place := 0
	for _, field := range fn.Params.List {
		for range max(1, len(field.Names)) {
			if isKeyType(field.Type) {
				places[place] = true
			}
			place++
		}
	}
	return places
}

func (u *usage) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if isKeyType(n.Fun) {
			u.wanted(n.Args...)
		}
		for place := range u.takesKey[calledName(n.Fun)] {
			if place < len(n.Args) {
				u.wanted(n.Args[place])
			}
		}
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok && u.holdsKey[id.Name] {
			u.wanted(n.Value)
		}
	case *ast.ValueSpec:
		if isKeyType(n.Type) {
			u.wanted(n.Values...)
		}
	case *ast.CompositeLit:
		if list, ok := n.Type.(*ast.ArrayType); ok && isKeyType(list.Elt) {
			u.wanted(n.Elts...)
		}
	case *ast.BasicLit:
		text, ok := literal(n)
		switch {
		case ok && keyPattern.MatchString(text):
			u.literals[text] = true
		case ok && prefixPattern.MatchString(text):
			u.prefixes[text] = true
		}
	}
	return true
}

// wanted notes the literals that stand where a key is wanted. A key that is put
// together from parts is known by its beginning alone.
func (u *usage) wanted(values ...ast.Expr) {
	for _, v := range values {
		if lit, ok := v.(*ast.BasicLit); ok {
			if text, ok := literal(lit); ok {
				u.keys[text] = append(u.keys[text], u.set.Position(lit.Pos()).String())
			}
		}
	}
}

func literal(n *ast.BasicLit) (string, bool) {
	if n.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(n.Value)
	return text, err == nil
}

func isKeyType(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != "Key" {
		return false
	}
	pkg, ok := s.X.(*ast.Ident)
	return ok && pkg.Name == "bot"
}

func calledName(fn ast.Expr) string {
	switch fn := fn.(type) {
	case *ast.SelectorExpr:
		return fn.Sel.Name
	case *ast.Ident:
		return fn.Name
	}
	return ""
}
