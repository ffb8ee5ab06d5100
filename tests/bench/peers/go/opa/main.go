// OPA decides the workload: one policy, prepared once, over tenants as data that the store keeps in the form the evaluator reads.
package main

import (
	"context"
	_ "embed"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"writ.example/bench/peers/bench"
)

//go:embed sign_in.rego
var policy string

// The tenants as sign_in.rego reads them.
func data(tenants []bench.Tenant) map[string]any {
	all := map[string]any{}
	for i := range tenants {
		tenant := &tenants[i]
		var networks []any
		for _, network := range tenant.Networks {
			networks = append(networks, network.String())
		}
		domains, connections, clients := map[string]any{}, map[string]any{}, map[string]any{}
		for _, domain := range tenant.Domains {
			domains[domain] = true
		}
		for _, connection := range tenant.Connections {
			of := map[string]any{"kind": connection.Kind}
			if connection.Password >= 0 {
				rule := tenant.Passwords[connection.Password]
				of["shortest"], of["oldest"] = rule.Shortest, rule.Oldest
			}
			connections[connection.ID] = of
		}
		for _, client := range tenant.Clients {
			allowed := map[string]any{}
			for _, place := range client.Connections {
				allowed[tenant.Connections[place].ID] = true
			}
			clients[client.ID] = allowed
		}
		all[tenant.ID] = map[string]any{"open": tenant.Open, "close": tenant.Close, "networks": networks, "domains": domains,
			"connections": connections, "clients": clients}
	}
	return map[string]any{"tenants": all}
}

func input(signIn *bench.SignIn) map[string]any {
	groups := make([]any, len(signIn.Groups))
	for i, group := range signIn.Groups {
		groups[i] = group
	}
	return map[string]any{"tenant": signIn.Tenant, "client": signIn.Client, "connection": signIn.Connection,
		"ip": signIn.Address, "domain": signIn.Domain(), "groups": groups, "mfa": signIn.MFA, "hour": signIn.Hour,
		"length": signIn.PasswordLength, "age": signIn.PasswordAge}
}

func decide(query *rego.PreparedEvalQuery, input rego.EvalOption) (bool, error) {
	results, err := query.Eval(context.Background(), input)
	return results.Allowed(), err
}

func tenantsAsData(tenants []bench.Tenant) ([]bench.Way, error) {
	query, err := rego.New(rego.Query("data.sign_in.allow"), rego.Module("sign_in.rego", policy),
		rego.Store(inmem.NewFromObjectWithOpts(data(tenants), inmem.OptReturnASTValuesOnRead(true)))).
		PrepareForEval(context.Background())
	if err != nil {
		return nil, err
	}
	return []bench.Way{
		{Name: "request ready", Ready: func(stream []bench.SignIn) (bench.Decide, error) {
			inputs := make([]ast.Value, len(stream))
			for i := range stream {
				if inputs[i], err = ast.InterfaceToValue(input(&stream[i])); err != nil {
					return nil, err
				}
			}
			return func(i int) (bool, error) { return decide(&query, rego.EvalParsedInput(inputs[i])) }, nil
		}},
		{Name: "request built", Ready: func(stream []bench.SignIn) (bench.Decide, error) {
			return func(i int) (bool, error) { return decide(&query, rego.EvalInput(input(&stream[i]))) }, nil
		}},
	}, nil
}

func main() {
	bench.Main("OPA", "github.com/open-policy-agent/opa", bench.SetUp{Name: "tenants as data", Load: tenantsAsData})
}
