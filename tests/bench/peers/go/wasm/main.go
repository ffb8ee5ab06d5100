// Compiles a policy in Rego to WebAssembly by OPA's own compiler: wasm POLICY ENTRYPOINT OUT, for the program of ../opa_wasm.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/open-policy-agent/opa/v1/compile"
)

func run(policy, entrypoint, out string) error {
	compiler := compile.New().WithPaths(policy).WithTarget(compile.TargetWasm).WithEntrypoints(entrypoint)
	if err := compiler.Build(context.Background()); err != nil {
		return err
	}
	modules := compiler.Bundle().WasmModules
	if len(modules) != 1 {
		return fmt.Errorf("%d modules of WebAssembly instead of one", len(modules))
	}
	return os.WriteFile(out, modules[0].Raw, 0o644)
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: wasm POLICY ENTRYPOINT OUT")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
