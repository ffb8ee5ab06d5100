// One row a habit. Only where a mark or a word is all that has to change there is an edit: `permit login` is `allow login`,
// but an `if` in front of a statement has its condition in the wrong place.
#include "compiler/syntax/habits.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace writ::syntax {

namespace {

constexpr auto marks = std::to_array<Habit>({
    {"&&", "write `and`", "and"},
    {"||", "write `or`", "or"},
    {"|", "write `or` between conditions, and a comma between the values of a list"},
    {"&", "write `and`; what two sets share is asked so: any r in user.roles : r in [\"admin\", \"owner\"]"},
    {"!", "write `not`", "not "},
    {"===", "write `==`", "=="},
    {"<>", "write `!=`", "!="},
    {"=", "`==` compares", "=="},
    {"!==", "write `!=`", "!="},
    {"=~", "write `matches /…/`"},
    {"~", "write `matches /…/`, or `contains \"…\"`"},
    {"=>", "write `implies` in a proof, `when` in a rule"},
    {"->", "write `when` in a rule: allow login when user.email_verified"},
    {"?", "there is no `a ? b : c`: write two rules"},
    {"*", "arithmetic is `+` and `-`; in place of a star every name is written out"},
    {"%", "arithmetic is `+` and `-`"},
    {"/*", "comments are written `// …`, to the end of the line"},
    {"#", "comments are written `// …`, to the end of the line"},
    {"'", "strings stand in double quotes"},
    {"`", "strings stand in double quotes"},
    {"...", "a range is written with two dots", ".."},
    {":=", "a value gets its name by `let name = …`; a rule says what it does: allow login when user.email_verified"},
    {"::", "groups and roles are facts of the user: \"admins\" in user.groups"},
    {"$", "names have no sign before them: user.email"},
    {"@", "a text stands in quotes: \"ann@acme.com\""},
});

constexpr std::string_view behind_when = "conditions stand behind `when`: allow login when user.email_verified";
constexpr std::string_view no_default = "nothing is allowed unless an `allow` says so; that needs no line of its own";

constexpr auto words = std::to_array<Habit>({
    {"if", behind_when},
    {"where", behind_when},
    {"given", behind_when},
    {"to", "a rule names its actions first, then the connections: allow login, refresh on users"},
    {"every", "of each of a set: all g in user.groups : …; how long a factor holds: require mfa within 12h"},
    {"some", "of one of a set: any g in user.groups : g == \"staff\""},
    {"exists", "whether a fact is there is asked with `has`: has user.department"},
    {"after", "a time limit stands behind `within`: require mfa within 12h"},
    {"has", "`has` stands before the fact: has user.department"},
    {"between", "write `in 1..3`"},
    {"then", behind_when},
    {"only", "a rule denies what is not wanted: deny login unless user.email_verified"},
    {"except", "write `unless`", "unless"},
    {"permit", "write `allow`", "allow"},
    {"grant", "write `allow`", "allow"},
    {"forbid", "write `deny`", "deny"},
    {"block", "write `deny`", "deny"},
    {"reject", "write `deny`", "deny"},
    {"disallow", "write `deny`", "deny"},
    {"rule",
     "a rule begins with what it does; its name stands in quotes behind the action: deny login \"office only\""},
    {"policy", "a file needs no `policy`: tenants, clients and rules stand in it as they are"},
    {"policies", "a file needs no `policies`: tenants, clients and rules stand in it as they are"},
    {"include", "write `import`", "import"},
    {"package", "a file needs no name: it begins with `writ 1`"},
    {"default", no_default},
    {"const", "write `let`", "let"},
    {"var", "write `let`", "let"},
    {"set", "write `let` for a name, `tenant.tier = gold` for an attribute of the tenant"},
    {"define", "write `let`"},
    {"function", "there are no functions: rules say `allow`, `deny` or `require`"},
    {"exports", "there are no scripts: rules say `allow`, `deny` or `require`"},
    {"return", "rules have no result to return: they say `allow`, `deny` or `require`"},
    {"principal", "who asks is `user`, through which application `client`: allow login when \"staff\" in user.groups"},
    {"resource", "what is asked for is `client`, and `tenant` around it: allow login when client == admin"},
    {"subject", "who asks is `user`: allow login when \"staff\" in user.groups"},
    {"action", "a rule names its actions first: allow login, refresh"},
    {"input", "a request's facts have their own names: user.email, request.ip, session.mfa"},
    {"context", "a request's facts have their own names: user.email, request.ip, session.mfa"},
    {"event", "a request's facts have their own names: user.email, request.ip, session.mfa"},
    {"is", "write `==`; whether a fact is there is asked with `has`: not has user.department"},
    {"callback", "there are no scripts: rules say `allow`, `deny` or `require`"},
    {"grant_types", "write `grants`", "grants"},
    {"allowed_callback_urls", "write `callbacks`", "callbacks"},
    {"callback_urls", "write `callbacks`", "callbacks"},
    {"redirect_uris", "write `callbacks`", "callbacks"},
    {"allowed_origins", "write `origins`", "origins"},
    {"web_origins", "write `origins`", "origins"},
    {"enabled_connections", "write `connections`", "connections"},
    {"passwordPolicy", "a policy for passwords is written: password auth0.good"},
    {"password_policy", "a policy for passwords is written: password auth0.good"},
    {"brute_force_protection",
     "too many attempts are a lockout: lockout { 10 attempts per identifier and ip; block 15m }"},
    {"disable_signup", "write `signup closed`"},
    {"domain_aliases", "write `domains`", "domains"},
    {"assign_membership_on_login", "write `joins on login`"},
    {"session_lifetime", "write `session { idle 72h; absolute 168h }`"},
    {"idle_session_lifetime", "write `session { idle 72h; absolute 168h }`"},
    {"token_lifetime", "write `lifetimes { access_token 1h }`"},
    {"enabled_clients", "a client names its connections: client shop : spa { connections users }"},
    {"strategy", "what a connection is stands behind its name: connection staff : saml"},
    {"type", "what a client is stands behind its name: client shop : spa"},
    {"matches_regex", "write `matches /…/`"},
    {"match", "write `matches /…/`"},
    {"test", "write `matches /…/`"},
    {"toLowerCase", "write `lower(…)`"},
    {"count", "sets are not counted; whether one holds anything is asked so: any g in user.groups : true"},
    {"length", "sets are not counted; whether one holds anything is asked so: any g in user.groups : true"},
    {"cidr_contains", "write `request.ip in 10.0.0.0/8`"},
    {"equals", "write `==`", "=="},
    {"eq", "write `==`", "=="},
    {"ne", "write `!=`", "!="},
    {"like", "write `matches \"*…\"`"},
    {"startswith", "write `starts with`", "starts with"},
    {"startsWith", "write `starts with`", "starts with"},
    {"starts_with", "write `starts with`", "starts with"},
    {"endswith", "write `ends with`", "ends with"},
    {"endsWith", "write `ends with`", "ends with"},
    {"ends_with", "write `ends with`", "ends with"},
    {"includes", "an element is asked for with `in`: \"admin\" in user.roles; a part of a text with `contains`"},
    {"contains", "an element is asked for with `in`: \"admin\" in user.roles; a part of a text with `contains`"},
    {"indexOf", "an element is asked for with `in`: \"admin\" in user.roles; a part of a text with `contains`"},
    {"application", "write `client`", "client"},
    {"app", "write `client`", "client"},
    {"org", "write `organization`", "organization"},
    {"roles", "roles are facts of the user: \"admin\" in user.roles"},
    {"role", "roles are facts of the user: \"admin\" in user.roles"},
    {"group", "groups are facts of the user: \"staff\" in user.groups"},
    {"mfa", "a second factor is asked for by a rule: require mfa when …"},
    {"minutes", "a duration is one word: 15m"},
    {"minute", "a duration is one word: 1m"},
    {"hours", "a duration is one word: 12h"},
    {"hour", "a duration is one word: 1h"},
    {"days", "a duration is one word: 90d"},
    {"day", "a duration is one word: 1d"},
    {"seconds", "a duration is one word: 30s"},
    {"m", "a duration is one word: 15m"},
    {"h", "a duration is one word: 12h"},
    {"d", "a duration is one word: 90d"},
});

constexpr auto types = std::to_array<Habit>({
    {"boolean", "write `bool`", "bool"},
    {"integer", "write `int`", "int"},
    {"number", "write `int`, with its range where it is known: int 0..100", "int"},
    {"long", "write `int`", "int"},
    {"float", "numbers are whole: int, int 0..100"},
    {"double", "numbers are whole: int, int 0..100"},
    {"str", "write `string`", "string"},
    {"text", "write `string`", "string"},
    {"email", "write `string`", "string"},
    {"uuid", "write `string`", "string"},
    {"url", "write `string`", "string"},
    {"date", "write `time`", "time"},
    {"datetime", "write `time`", "time"},
    {"timestamp", "write `time`", "time"},
    {"address", "write `ip`", "ip"},
    {"list", "write `set of string`", "set of string"},
    {"array", "write `set of string`", "set of string"},
    {"set", "write `set of string`", "set of string"},
    {"enum", "an enumeration is written with its values: one of free, gold"},
    {"object", "facts are flat: declare each by its path, `user.address.city : string`"},
    {"map", "facts are flat: declare each by its path, `user.address.city : string`"},
    {"any", "every fact has one type: bool, int, string, ip, time, duration, set of string or one of a, b"},
});

// Kinds of clients and connections elsewhere, by the name they have here.
constexpr auto kinds = std::to_array<Habit>({
    {"regular_web", "write `web`", "web"},
    {"single_page_application", "write `spa`", "spa"},
    {"machine_to_machine", "write `m2m`", "m2m"},
    {"non_interactive", "write `m2m`", "m2m"},
    {"mobile", "write `native`", "native"},
    {"auth0", "the connection with passwords of its own is `database`", "database"},
    {"samlp", "write `saml`", "saml"},
    {"google", "write `google_oauth2`, or `google_apps` for a company's own", "google_oauth2"},
    {"azure_ad", "write `waad`", "waad"},
    {"azuread", "write `waad`", "waad"},
    {"entra", "write `waad`", "waad"},
    {"ldap", "write `ad`", "ad"},
    {"enterprise", "name what it speaks: saml, oidc, waad, ad, adfs, google_apps, okta, ping"},
    {"social", "name whose it is: google_oauth2, github, apple, facebook, linkedin"},
    {"passwordless", "name how a code arrives: email, sms"},
    {"change_password", "write `password_change`", "password_change"},
    {"reset_password", "write `password_reset`", "password_reset"},
    {"client_credentials", "write `m2m`", "m2m"},
    {"refresh_token", "write `refresh`", "refresh"},
    {"register", "write `signup`", "signup"},
    {"authenticate", "write `login`", "login"},
});

const Habit* find(std::span<const Habit> table, std::string_view text) {
  const auto found = std::ranges::find(table, text, &Habit::text);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

// A comment and a string in single quotes are known by their first character.
const Habit* mark_habit(std::string_view text) {
  const bool whole = text.size() > 1 && (text[0] == '#' || text[0] == '\'');
  return find(marks, whole ? text.substr(0, 1) : text);
}

const Habit* word_habit(std::string_view text) { return find(words, text); }
const Habit* kind_habit(std::string_view text) { return find(kinds, text); }
const Habit* type_habit(std::string_view text) { return find(types, text); }

void advise(Diagnostic& diagnostic, const Habit& habit, Span where, std::string_view text) {
  std::string with(habit.with);
  // 'text' is "text" when nothing in it means something else there.
  if (habit.text == "'" && text.size() > 1 && text.find_first_of("\"\\") == std::string_view::npos)
    with = "\"" + std::string(text.substr(1, text.size() - 2)) + "\"";
  if (habit.text == "#") with = "//" + std::string(text.substr(1));
  if (with.empty())
    diagnostic.hint(std::string(habit.help));
  else
    diagnostic.fix(std::string(habit.help), where, std::move(with));
}

}  // namespace writ::syntax
