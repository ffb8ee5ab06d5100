# One policy for all tenants, which are data: what may be used by whom are objects, because Rego looks keys up and walks lists.
package sign_in

default allow := false

tenant := data.tenants[input.tenant]

connection := tenant.connections[input.connection]

allow if {
	tenant.clients[input.client][input.connection]
	input.hour >= tenant.open
	input.hour < tenant.close
	not administrator_without_mfa
	known_company
	good_password
	known_network
}

administrator_without_mfa if {
	not input.mfa
	"admin" in input.groups
}

known_company if connection.kind != "enterprise"

known_company if tenant.domains[input.domain]

good_password if connection.kind != "database"

good_password if {
	input.length >= connection.shortest
	input.age <= connection.oldest
}

known_network if input.mfa

known_network if {
	some network in tenant.networks
	net.cidr_contains(network, input.ip)
}
