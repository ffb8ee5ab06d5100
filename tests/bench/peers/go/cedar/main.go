// Cedar's port to Go decides the workload. Cedar looks at every policy of its set, so a set holds what one sign-in needs: that
// of its tenant, or six policies for all tenants over the tenant's entities.
package main

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"writ.example/bench/peers/bench"
)

// Of a tenant, whatever the set-up: its policies and its entities.
type tenant struct {
	policies *cedar.PolicySet
	entities cedar.EntityMap
}

type engine map[string]tenant

func entity(kind, id string) cedar.EntityUID {
	return cedar.NewEntityUID(cedar.EntityType(kind), cedar.String(id))
}

var login = entity("Action", "login")

func request(signIn *bench.SignIn) (cedar.Request, error) {
	address, err := types.ParseIPAddr(signIn.Address)
	if err != nil {
		return cedar.Request{}, err
	}
	groups := make([]cedar.Value, len(signIn.Groups))
	for i, group := range signIn.Groups {
		groups[i] = cedar.String(group)
	}
	return cedar.Request{
		Principal: entity("Client", signIn.Client),
		Action:    login,
		Resource:  entity("Connection", signIn.Connection),
		Context: cedar.NewRecord(cedar.RecordMap{
			"ip":     address,
			"domain": cedar.String(signIn.Domain()),
			"groups": cedar.NewSet(groups...),
			"mfa":    cedar.Boolean(signIn.MFA),
			"hour":   cedar.Long(signIn.Hour),
			"length": cedar.Long(signIn.PasswordLength),
			"age":    cedar.Long(signIn.PasswordAge),
		}),
	}, nil
}

func (e engine) decide(id string, request cedar.Request) (bool, error) {
	of, known := e[id]
	if !known {
		return false, nil
	}
	decision, told := cedar.Authorize(of.policies, of.entities, request)
	if len(told.Errors) > 0 && decision == cedar.Allow {
		return false, fmt.Errorf("allowed with errors: %v", told.Errors)
	}
	return decision == cedar.Allow, nil
}

func (e engine) ways() []bench.Way {
	return bench.Ways(request, e.decide)
}

func quoted(kind string, ids []string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = fmt.Sprintf("%s%q", kind, id)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// The policies of one tenant, its constants within them.
func written(of *bench.Tenant) string {
	var text strings.Builder
	for _, client := range of.Clients {
		var ids []string
		for _, place := range client.Connections {
			ids = append(ids, of.Connections[place].ID)
		}
		fmt.Fprintf(&text, "permit(principal == Client::%q, action == Action::\"login\", resource) when { %s.contains(resource) };\n",
			client.ID, quoted("Connection::", ids))
	}
	var networks, companies []string
	for _, network := range of.Networks {
		networks = append(networks, fmt.Sprintf("context.ip.isInRange(ip(%q))", network))
	}
	for _, connection := range of.Connections {
		if connection.Kind == "enterprise" {
			companies = append(companies, connection.ID)
		}
		if connection.Password >= 0 {
			rule := of.Passwords[connection.Password]
			fmt.Fprintf(&text, "forbid(principal, action, resource == Connection::%q) when { context.length < %d || context.age > %d };\n",
				connection.ID, rule.Shortest, rule.Oldest)
		}
	}
	fmt.Fprintf(&text, "forbid(principal, action, resource) unless { context.mfa || %s };\n", strings.Join(networks, " || "))
	fmt.Fprintf(&text, "forbid(principal, action, resource) when { %s.contains(resource) } unless { %s.contains(context.domain) };\n",
		quoted("Connection::", companies), quoted("", of.Domains))
	fmt.Fprintf(&text, "forbid(principal, action, resource) when { context.hour < %d || context.hour >= %d };\n", of.Open, of.Close)
	text.WriteString("forbid(principal, action, resource) when { context.groups.contains(\"admin\") && !context.mfa };\n")
	return text.String()
}

func aSetForEachTenant(tenants []bench.Tenant) ([]bench.Way, error) {
	loaded := engine{}
	for i := range tenants {
		policies, err := cedar.NewPolicySetFromBytes(tenants[i].ID, []byte(written(&tenants[i])))
		if err != nil {
			return nil, err
		}
		loaded[tenants[i].ID] = tenant{policies: policies}
	}
	return loaded.ways(), nil
}

const forAll = `
permit(principal, action == Action::"login", resource) when { principal.connections.contains(resource) };
forbid(principal, action, resource) unless { context.mfa || context.ip.isInRange(principal.tenant.network0)
  || context.ip.isInRange(principal.tenant.network1) || context.ip.isInRange(principal.tenant.network2)
  || context.ip.isInRange(principal.tenant.network3) };
forbid(principal, action, resource) when { resource.kind == "enterprise" }
  unless { principal.tenant.domains.contains(context.domain) };
forbid(principal, action, resource) when { context.groups.contains("admin") && !context.mfa };
forbid(principal, action, resource) when { context.hour < principal.tenant.open || context.hour >= principal.tenant.close };
forbid(principal, action, resource) when { resource has shortest && (context.length < resource.shortest || context.age > resource.oldest) };
`

func entities(of *bench.Tenant) (cedar.EntityMap, error) {
	made := cedar.EntityMap{}
	add := func(uid cedar.EntityUID, attributes cedar.RecordMap) {
		made[uid] = cedar.Entity{UID: uid, Attributes: cedar.NewRecord(attributes)}
	}
	var domains []cedar.Value
	for _, domain := range of.Domains {
		domains = append(domains, cedar.String(domain))
	}
	own := cedar.RecordMap{"open": cedar.Long(of.Open), "close": cedar.Long(of.Close), "domains": cedar.NewSet(domains...)}
	for i, network := range of.Networks {
		address, err := types.ParseIPAddr(network.String())
		if err != nil {
			return nil, err
		}
		own[cedar.String(fmt.Sprintf("network%d", i))] = address
	}
	add(entity("Tenant", of.ID), own)
	for _, connection := range of.Connections {
		attributes := cedar.RecordMap{"kind": cedar.String(connection.Kind)}
		if connection.Password >= 0 {
			rule := of.Passwords[connection.Password]
			attributes["shortest"], attributes["oldest"] = cedar.Long(rule.Shortest), cedar.Long(rule.Oldest)
		}
		add(entity("Connection", connection.ID), attributes)
	}
	for _, client := range of.Clients {
		var connections []cedar.Value
		for _, place := range client.Connections {
			connections = append(connections, entity("Connection", of.Connections[place].ID))
		}
		add(entity("Client", client.ID),
			cedar.RecordMap{"tenant": entity("Tenant", of.ID), "connections": cedar.NewSet(connections...)})
	}
	return made, nil
}

func policiesForAll(tenants []bench.Tenant) ([]bench.Way, error) {
	policies, err := cedar.NewPolicySetFromBytes("all", []byte(forAll))
	if err != nil {
		return nil, err
	}
	loaded := engine{}
	for i := range tenants {
		own, err := entities(&tenants[i])
		if err != nil {
			return nil, err
		}
		loaded[tenants[i].ID] = tenant{policies, own}
	}
	return loaded.ways(), nil
}

func main() {
	bench.Main("cedar-go", "github.com/cedar-policy/cedar-go",
		bench.SetUp{Name: "a policy set a tenant", Load: aSetForEachTenant},
		bench.SetUp{Name: "policies for all, entities a tenant", Load: policiesForAll})
}
