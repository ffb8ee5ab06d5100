// The tree: what was written, nothing more. Plain structs in std::variant, ids instead of pointers, every node with its
// span, names not yet resolved. One Tree per file. Expressions live in one flat arena per file, children before
// parents; `and` and `or` are n-ary lists. Comments are kept beside the tree, with their places, for the formatter.
//
// Rule of reading: a `Name` is what the author wrote; a `Text` is a string literal with escapes already undone; where a
// template parameter or a `let` may stand for a literal, the field is an ExprId.
#pragma once

#include "compiler/diagnostics/source.h"
#include "runtime/program/value.h"
#include "runtime/program/vocabulary.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace writ::tree {

enum class ExprId : std::uint32_t { none = 0xffff'ffff };

struct Name {
  std::string text;
  Span span;
  bool quoted = false;
};
struct Text {
  std::string text;
  Span span;
};

// ---------------------------------------------------------------- expressions

enum class CompareOp : std::uint8_t { eq, ne, lt, le, gt, ge, in, not_in, starts_with, ends_with, contains };

struct Literal {  // true, 3, "x", 15m, 2026-01-01T00:00Z, 10.0.0.1
  enum class Kind : std::uint8_t { boolean, integer, string, duration, time, ip, cidr, clock } kind;
  std::variant<bool, std::int64_t, std::string, Ip, Cidr> value;  // duration, time: micros; clock: minutes 0..1440
};
struct Path {  // `portal`, `user.email`, `tenant.features`: identifiers joined by dots; resolution is the checker's
  std::vector<Name> parts;
};
struct Has {
  ExprId path;
};  // has user.email
struct Else {
  ExprId optional, fallback;
};  // user.email else ""
struct Call {
  Name function;
  std::vector<ExprId> arguments;
};  // lower(x), email_domain(x)
struct Not {
  ExprId operand;
};
struct And {
  std::vector<ExprId> operands;
};  // two or more, in source order
struct Or {
  std::vector<ExprId> operands;
};
struct Compare {
  CompareOp op;
  ExprId left, right;
};
struct Matches {
  ExprId left;
  std::string pattern;
  bool regex = false;
  Span pattern_span;
};  // "glob*" or /re2/
struct Arithmetic {
  bool minus = false;
  ExprId left, right;
};
struct List {
  std::vector<ExprId> items;
};  // [a, b]
struct Range {
  ExprId low, high;
};  // a..b; right of `in` only
// 08:00..18:00 "Europe/Berlin" on weekdays; right of `in` only. Days: bit 0 = Monday … bit 6 = Sunday.
struct ClockWindow {
  std::uint16_t begin = 0, end = 0;  // minutes of the day; end may be 1440; end <= begin wraps midnight
  Text zone;                         // empty text with unknown span when missing (the checker refuses it)
  std::uint8_t days = 0x7f;
  bool days_written = false;
  std::vector<Name> day_names;  // as written: weekdays, weekends, monday…; for the formatter
};
struct Quantifier {
  bool all = false;
  Name variable;
  ExprId set, body;
};  // any g in user.groups : body

using ExprNode = std::variant<Literal, Path, Has, Else, Call, Not, And, Or, Compare, Matches, Arithmetic, List, Range,
                              ClockWindow, Quantifier>;
struct Expr {
  ExprNode node;
  Span span;
  bool parenthesised = false;  // kept so that canonical text need not guess; has no meaning
};

// ---------------------------------------------------------------- rules

struct Obligation {  // mfa, mfa within 15m, mfa(otp, webauthn), step_up("a"), use_connection(x), or a declared one
  Name name;
  std::vector<ExprId> arguments;  // names (Path) or literals
  ExprId within = ExprId::none;
  Span span;
};

struct Rule {
  bool report = false;
  RuleEffect effect = RuleEffect::allow;
  std::vector<Name> actions;            // allow, deny: the list; require: what `for` lists, empty = login
  std::vector<Obligation> obligations;  // require only: alternatives joined by `or`
  std::optional<Text> name;
  std::vector<Name> on;  // connections
  ExprId when = ExprId::none, unless = ExprId::none;
  std::optional<Text> message, note;
  Span span;  // the statement
};

// ---------------------------------------------------------------- types

struct Type {
  TypeKind kind = TypeKind::string;
  bool optional = false;
  std::optional<std::int64_t> low, high;  // integer only
  std::vector<Name> values;               // enumeration only, in order
  bool list = false;                      // `list of string`: template parameters only
  Span span;
};

struct AttributeDecl {
  std::vector<Name> path;
  Type type;
  Span span;
};  // user.department : string?

// ---------------------------------------------------------------- settings shared by several blocks

// A number for which a setting has a word, a template's parameter or a let: which of its numbers, in the order of its fields.
struct Given {
  std::uint8_t place = 0;
  ExprId by{};
};
using Givens = std::vector<Given>;

struct Session {
  std::optional<std::int64_t> idle, absolute;
  Givens given;
  Span span;
};  // micros
struct LockoutDecl {
  enum class Per : std::uint8_t { identifier, identifier_and_ip, ip };
  std::int64_t attempts = 0;
  Per per = Per::identifier_and_ip;
  std::optional<std::int64_t> within, block;  // micros; no `block` = until the host resets the counters
  std::vector<Cidr> exempt;                   // the allowlist
  Givens given;                               // attempts, within, block
  Span attempts_span, span;
};
struct Branding {
  std::optional<Text> logo;
  std::vector<std::pair<Name, Text>> colors;
  Span span;
};
struct Lifetimes {
  std::optional<std::int64_t> access_token, refresh_token, id_token;
  Givens given;
  Span span;
};  // micros
struct Discover {
  Text domain;
  Name via;
  Span span;
};
struct Let {
  Name name;
  ExprId value;
  Span span;
};
struct ZoneDecl {
  Name name;
  std::vector<Cidr> cidrs;
  std::vector<Text> countries;
  std::vector<std::pair<std::int64_t, Span>> asns;
  Span span;
};

// ---------------------------------------------------------------- passwords

struct Requirement {
  enum class Kind : std::uint8_t {
    length,       // a..b [utf16|bytes]
    classes,      // N of lower, upper, digit, symbol [ascii|unicode [utf16]]
    at_least,     // at least N lower|upper|digits|symbols [ascii|unicode [utf16]]
    max_repeats,  // N [utf16]
    no_sequences,
    history,
    min_age,
    max_age,
    reject_common,  // [top N]
    reject_breached,
    reject_personal,
    reject_words,
    reject_contains,
    reject_matches,
    strength,  // strength >= n
    expires_after,
    normalize,  // nfkc
  } kind;
  std::optional<std::int64_t> low, high;  // length bounds; N; micros for ages
  enum class Unit : std::uint8_t { code_points, utf16, bytes } unit = Unit::code_points;
  bool unicode = false, charset_written = false;
  std::uint8_t class_mask = 0;  // bit 0 lower, 1 upper, 2 digit, 3 symbol
  std::vector<Text> words;      // reject words; reject contains: username, email
  std::string pattern;          // reject matches
  Givens given;                 // low, high
  Span span;
};
// Puts a number in its place, and says whether it is a duration.
inline void put_number(Session& one, std::uint8_t place, std::int64_t number) {
  (place == 0 ? one.idle : one.absolute) = number;
}
inline void put_number(Lifetimes& one, std::uint8_t place, std::int64_t number) {
  (place == 0 ? one.access_token : place == 1 ? one.refresh_token : one.id_token) = number;
}
inline void put_number(LockoutDecl& one, std::uint8_t place, std::int64_t number) {
  if (place == 0) one.attempts = number;
  if (place > 0) (place == 1 ? one.within : one.block) = number;
}
inline void put_number(Requirement& one, std::uint8_t place, std::int64_t number) {
  (place == 0 ? one.low : one.high) = number;
}
inline bool is_duration(const Session&, std::uint8_t) { return true; }
inline bool is_duration(const Lifetimes&, std::uint8_t) { return true; }
inline bool is_duration(const LockoutDecl&, std::uint8_t place) { return place > 0; }
inline bool is_duration(const Requirement& one, std::uint8_t) {
  using Kind = Requirement::Kind;
  return one.kind == Kind::min_age || one.kind == Kind::max_age || one.kind == Kind::expires_after;
}

struct PasswordPreset {
  std::vector<Name> path;
  std::vector<ExprId> arguments;
  Span span;
};  // auth0.good(8)
struct PasswordDecl {
  bool floor = false;
  Name name;                             // empty: `password { … }`, which declares and attaches in one
  std::optional<Name> parent;            // password strict : baseline { … }
  std::optional<PasswordPreset> preset;  // password p = auth0.good
  std::vector<Requirement> requirements;
  Span span;
};
// `password strong` attaches; of `password auth0.good(8)` the name is `auth0.good` and the preset says it in parts.
struct PasswordUse {
  Name name;
  std::optional<PasswordPreset> preset;
  Span span;
};

// ---------------------------------------------------------------- declarations

struct NameList {
  std::vector<Name> names;
  Span span;
};
struct ExprList {
  std::vector<ExprId> items;
  Span span;
};  // strings, template parameters, lets
struct WireId {
  ExprId value;
  Span span;
};  // id "acme-corp", or a template's parameter
struct SettingAssign {
  std::vector<Name> path;
  ExprId value;
  Span span;
};  // tenant.tier = gold

struct Connections : NameList {};
struct Callbacks : ExprList {};
struct Origins : ExprList {};
struct Domains : ExprList {};
struct Hosts : ExprList {};
struct Issuers : ExprList {};
struct Issuer {
  ExprId value;
  Span span;
};
struct Grants : NameList {};
struct Features {
  std::vector<Name> names;
  Span span;
};
struct SignUp {
  bool open = false;
  Span span;
};  // signup open | closed
struct OrganizationsSetting {
  Name usage;
  Span span;
};  // organizations allow
struct Members {
  bool required = false;
  std::vector<Name> via;
  Span span;
};  // members required | joins on login [via a, b]
struct Settings {
  std::vector<std::pair<Name, ExprId>> values;
  Span span;
};  // settings { tenant_id = "…" }
struct LimitDecl {
  std::int64_t value = 0;
  Span value_span, span;
};  // limit database connections per client = 50
struct ObligationDecl {
  Name name;
  ExprId satisfied;
  Span span;
};
struct AttributesBlock {
  std::vector<AttributeDecl> list;
  Span span;
};

// A block's items are kept in source order so that the formatter and "source order" need nothing else.
struct ClientDecl;
struct ConnectionDecl;
struct OrganizationDecl;
struct UseDecl;

using Item = std::variant<Rule, Let, Session, LockoutDecl, ZoneDecl, PasswordDecl, PasswordUse, Branding, Features,
                          WireId, SettingAssign, Connections, Callbacks, Origins, Domains, Hosts, Issuers, Issuer,
                          Grants, Lifetimes, SignUp, OrganizationsSetting, Members, Settings, Discover, LimitDecl,
                          ObligationDecl, AttributesBlock, ClientDecl, ConnectionDecl, OrganizationDecl, UseDecl>;

struct ConnectionDecl {
  Name name;
  Name strategy;
  std::vector<Item> items;
  Span span;
};
struct ClientDecl {
  Name name;
  Name type;
  std::vector<Item> items;
  Span span;
};
struct UseDecl {
  Name client;
  std::vector<Item> items;
  Span span;
};
struct OrganizationDecl {
  Name name;
  std::optional<Text> title;
  std::vector<Item> items;
  Span span;
};

struct PlatformDecl {
  std::vector<Item> items;
  Span span, head;
};  // head: the word `platform`
struct TenantDecl {
  Name name;
  std::optional<Text> title;
  std::optional<Name> from;  // template
  std::vector<ExprId> arguments;
  std::vector<Item> items;
  bool body_written = true;  // `tenant globex from b2b("…")` has none
  Span span;
};
struct ExtendTenantDecl {
  Name name;
  std::vector<Item> items;
  Span span;
};
struct Parameter {
  Name name;
  Type type;
};
struct TemplateDecl {
  Name name;
  std::vector<Parameter> parameters;
  std::vector<Item> items;
  Span span;
};
struct ImportDecl {
  Text path;
  Span span;
};

// ---------------------------------------------------------------- tests and proofs

struct FactAssign {  // request.ip = 198.51.100.7, or `without request.country`
  std::vector<Name> path;
  ExprId value = ExprId::none;  // none: `without`
  Span span;
};
struct Target {  // acme.admin
  Name tenant;
  std::optional<Name> client;
  Span span;
};
// Lists, of which every combination is meant: where a question goes, or which of its combinations an expectation speaks of.
struct Cells {
  std::vector<Target> to;
  std::vector<Name> in, via;            // organizations, connections
  std::vector<std::vector<Name>> with;  // fixtures: one of each list
  Span span;                            // unknown when nothing is listed
  bool any() const { return !to.empty() || !in.empty() || !via.empty() || !with.empty(); }
};
struct Question {  // login to acme.admin, acme.shop in coke via staff with office, travelling { … }
  Name action;
  Cells cells;
  std::vector<FactAssign> facts;
  Span span;
};
struct Clock {  // at 2026-03-29T01:30Z, or after 20m
  bool after = false;
  std::int64_t micros = 0;
  Span span;
};
struct PasswordLine {  // password "correct horse" for acme.customers at change { user.email = "ann@acme.com" }
  Text password;
  Name tenant;
  std::optional<Name> connection, event;
  std::vector<FactAssign> facts;
  Span span;
};
struct Expect {           // expect deny by "x" | expect challenge mfa within 15m | expect deny fault locked_out
  Name effect;            // allow, challenge, deny; of a password accepted, refused; of either snapshot
  bool would_be = false;  // expect would_be deny
  bool rest = false;      // `else expect`: of the combinations that no expectation beside it speaks of
  std::vector<Text>
      by;  // rule names that must be among the fired reasons; no_allow is written bare. Of a password: its checks
  std::optional<Name> fault;
  std::vector<std::vector<Obligation>>
      obligations;  // each must be among the challenge's entries: alternatives joined by `or`
  Cells cells;      // which combinations of the question; nothing listed: all
  Span span;
  bool of_password() const { return effect.text == "accepted" || effect.text == "refused"; }
  bool of_snapshot() const { return effect.text == "snapshot"; }
};
using Step = std::variant<Question, Expect, PasswordLine, Clock>;  // each Expect speaks of the question before it
struct FixtureDecl {                                               // fixture office { request.ip = 10.0.0.1 }
  Name name;
  std::vector<FactAssign> facts;
  Span span;
};
struct TestDecl {
  Text name;
  std::vector<Step> steps;
  Span span;
};
struct RequestLine {  // login to acme.admin in coke via staff
  Name action;
  std::optional<Name> tenant, client, organization, connection;
  Span span;
};
struct ProveStatement {  // login to acme.admin via staff allowed [by "n"] implies E
  RequestLine request;   // absent parts are universal
  Name outcome;          // allowed, challenged, denied
  std::optional<Text> by;
  ExprId implies;
  Span span;
};
struct ProveDecl {
  Text name;
  std::vector<ProveStatement> statements;
  Span span;
};

using Declaration = std::variant<ImportDecl, AttributesBlock, PlatformDecl, ClientDecl, TenantDecl, ExtendTenantDecl,
                                 TemplateDecl, Let, ObligationDecl, FixtureDecl, TestDecl, ProveDecl>;

struct Comment {
  std::string text;  // with its `//`, without the line end
  Span span;
  bool own_line = false;  // nothing but blanks before it on its line
};

struct Tree {
  FileId file{};
  std::int64_t version = 1;
  Span header;  // `writ 1`
  std::vector<Declaration> declarations;
  std::vector<Expr> expressions;  // ExprId indexes this
  std::vector<Comment> comments;  // in source order
  std::vector<std::uint32_t>
      line_starts;  // offset of each line's first byte: where the author broke lines, for the formatter
  const Expr& operator[](ExprId id) const { return expressions[static_cast<std::size_t>(id)]; }
};

}  // namespace writ::tree
