// Casbin decides the workload. It tries one row after the other until one matches, so each tenant has an enforcer of its own, whose
// rows say which client may use which connection and whose matcher holds the tenant's constants.
package main

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/casbin/casbin/v3"
	"github.com/casbin/casbin/v3/model"

	"writ.example/bench/peers/bench"
)

const form = `
[request_definition]
r = client, connection, ip, domain, admin, mfa, hour, length, age
[policy_definition]
p = client, connection
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.connection == p.connection && r.client == p.client && `

// What a row of the tenant is held against beside its client and connection.
func conditions(tenant *bench.Tenant) string {
	quoted := func(list []string) string { return "('" + strings.Join(list, "', '") + "')" }
	var companies []string
	all := []string{fmt.Sprintf("r.hour >= %d && r.hour < %d", tenant.Open, tenant.Close),
		"(r.mfa || (!r.admin && inside(r.ip)))"}
	for _, connection := range tenant.Connections {
		if connection.Kind == "enterprise" {
			companies = append(companies, connection.ID)
		}
		if connection.Password >= 0 {
			rule := tenant.Passwords[connection.Password]
			all = append(all, fmt.Sprintf("(r.connection != '%s' || (r.length >= %d && r.age <= %d))", connection.ID,
				rule.Shortest, rule.Oldest))
		}
	}
	all = append(all, fmt.Sprintf("(!(r.connection in %s) || r.domain in %s)", quoted(companies), quoted(tenant.Domains)))
	return strings.Join(all, " && ")
}

func enforcer(tenant *bench.Tenant) (*casbin.Enforcer, error) {
	made, err := model.NewModelFromString(form + conditions(tenant))
	if err != nil {
		return nil, err
	}
	own, err := casbin.NewEnforcer(made)
	if err != nil {
		return nil, err
	}
	networks := tenant.Networks
	own.AddFunction("inside", func(arguments ...any) (any, error) {
		address := arguments[0].(netip.Addr)
		for _, network := range networks {
			if network.Contains(address) {
				return true, nil
			}
		}
		return false, nil
	})
	for _, client := range tenant.Clients {
		for _, place := range client.Connections {
			if _, err := own.AddPolicy(client.ID, tenant.Connections[place].ID); err != nil {
				return nil, err
			}
		}
	}
	return own, nil
}

func values(signIn *bench.SignIn) ([]any, error) {
	address, err := netip.ParseAddr(signIn.Address)
	return []any{signIn.Client, signIn.Connection, address, signIn.Domain(), signIn.Admin(), signIn.MFA, float64(signIn.Hour),
		float64(signIn.PasswordLength), float64(signIn.PasswordAge)}, err
}

type engine map[string]*casbin.Enforcer

func (e engine) decide(tenant string, values []any) (bool, error) {
	own, known := e[tenant]
	if !known {
		return false, nil
	}
	return own.Enforce(values...)
}

func anEnforcerForEachTenant(tenants []bench.Tenant) ([]bench.Way, error) {
	loaded := engine{}
	for i := range tenants {
		own, err := enforcer(&tenants[i])
		if err != nil {
			return nil, err
		}
		loaded[tenants[i].ID] = own
	}
	return bench.Ways(values, loaded.decide), nil
}

func main() {
	bench.Main("Casbin", "github.com/casbin/casbin/v3",
		bench.SetUp{Name: "an enforcer a tenant", Load: anEnforcerForEachTenant})
}
