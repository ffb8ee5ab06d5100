// Package bench reads the workload that `bench_doors --write FOLDER` writes (tests/bench/workload), and times how a policy
// engine decides it.
package bench

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Connection is one way to sign in: its id, its kind, and the place of its password rule, -1 where it has none.
type Connection struct {
	ID, Kind string
	Password int
}

// Client is an application, and the places of the connections it may use.
type Client struct {
	ID          string
	Connections []int
}

// PasswordRule says how long a password is at least, and how many days old at most.
type PasswordRule struct{ Shortest, Oldest int }

// Tenant is what one customer configured. Open and Close are hours, Close excluded.
type Tenant struct {
	ID          string
	Open, Close int
	Networks    []netip.Prefix
	Domains     []string
	Passwords   []PasswordRule
	Connections []Connection
	Clients     []Client
}

// SignIn is what is decided, as a login service has it, and what must come out.
type SignIn struct {
	Tenant, Client, Connection, Address, Email string
	Groups                                     []string
	MFA                                        bool
	Hour, PasswordLength, PasswordAge          int
	Allowed                                    bool
}

// Domain is what stands behind the last @ of the address.
func (s *SignIn) Domain() string { return s.Email[strings.LastIndexByte(s.Email, '@')+1:] }

// Admin says whether one of the groups is `admin`.
func (s *SignIn) Admin() bool {
	for _, group := range s.Groups {
		if group == "admin" {
			return true
		}
	}
	return false
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Sprintf("expected a number in the workload, found `%s`", text))
	}
	return value
}

func readTenant(column []string) Tenant {
	tenant := Tenant{ID: column[0], Open: number(column[1]), Close: number(column[2]), Domains: strings.Split(column[4], ",")}
	for _, text := range strings.Split(column[3], ",") {
		tenant.Networks = append(tenant.Networks, netip.MustParsePrefix(text))
	}
	for _, text := range strings.Split(column[5], ",") {
		part := strings.Split(text, ":")
		tenant.Passwords = append(tenant.Passwords, PasswordRule{number(part[0]), number(part[1])})
	}
	for _, text := range strings.Split(column[6], ",") {
		part := strings.Split(text, ":")
		tenant.Connections = append(tenant.Connections, Connection{part[0], part[1], number(part[2])})
	}
	for _, text := range strings.Split(column[7], ",") {
		part := strings.Split(text, ":")
		client := Client{ID: part[0]}
		for _, place := range strings.Split(part[1], ".") {
			client.Connections = append(client.Connections, number(place))
		}
		tenant.Clients = append(tenant.Clients, client)
	}
	return tenant
}

func readSignIn(column []string) SignIn {
	signIn := SignIn{Tenant: column[0], Client: column[1], Connection: column[2], Address: column[3], Email: column[4],
		MFA: column[6] == "1", Hour: number(column[7]), PasswordLength: number(column[8]),
		PasswordAge: number(column[9]), Allowed: column[10] == "1"}
	if column[5] != "" {
		signIn.Groups = strings.Split(column[5], ",")
	}
	return signIn
}

func readLines[Row any](path string, columns int, read func([]string) Row) (rows []Row) {
	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		column := strings.Split(strings.Clone(lines.Text()), "\t")
		if len(column) != columns {
			panic(fmt.Sprintf("%s: a line has not %d columns", path, columns))
		}
		rows = append(rows, read(column))
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
	return rows
}

func readTenants(folder string) []Tenant {
	return readLines(filepath.Join(folder, "tenants.tsv"), 8, readTenant)
}

func readStream(folder string) []SignIn {
	return readLines(filepath.Join(folder, "requests.tsv"), 11, readSignIn)
}
