// The Program format: what a policy means, ready to run. A *shape* is code without constants: typed nodes in order,
// arguments before users, no branches but loops over one set fact. A *row* is a tenant's constants for a shape: position-independent
// bytes, laid out as a file will hold them, so what the engine reads is what was shipped. Equal shapes are one object however
// many tenants have them; a tenant is a row. One program per (part, action).
//
// Evaluation is total: a fact that is absent reads as zero, empty string, empty set or the address `::`, and the checker has
// proven that no rule's outcome can rest on such a value. Hence every node may be computed always, in order.
#pragma once

#include "runtime/program/facts.h"
#include "runtime/program/password_facts.h"
#include "runtime/program/value.h"
#include "runtime/program/vocabulary.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ::program {

// ---------------------------------------------------------------- code

enum class NodeId : std::uint32_t {};
enum class SlotId : std::uint16_t {};  // a constant's place in the row

enum class NodeType : std::uint8_t {
  boolean,
  integer,
  string,
  ip,
  set
};  // times, durations, enumerations, indexes: integer

// What the three operands of an op mean.
enum class Operand : std::uint8_t { none, node, slot, fact, arguments, depth, end };

enum class Op : std::uint8_t {
  // constants
  const_bool,
  const_int,
  const_string,
  const_ip,
  // facts of the request
  has_fact,
  fact_bool,
  fact_int,
  fact_string,
  fact_ip,
  fact_set,
  // structure, resolved before rules run; an index is -1 when there is none
  client_index,
  connection_index,
  organization_index,
  client_type,
  connection_family,
  connection_strategy,
  // logic
  not_,
  and_,
  or_,
  // comparison
  eq_int,
  ne_int,
  lt_int,
  le_int,
  gt_int,
  ge_int,
  eq_bool,
  eq_string,
  eq_ip,
  // membership in constants
  in_bits,  // an index in a bit set: `client == admin`, `connection in [a, b]`
  in_ints,
  in_strings,
  in_cidrs,
  in_window,
  // sets and strings
  set_has,  // (set, string)
  starts_with,
  ends_with,
  contains,
  glob,
  regex,
  lower,
  email_domain,
  has_email_domain,
  // arithmetic, saturating
  add,
  sub,
  // choice: (condition, then, else)
  select_bool,
  select_int,
  select_string,
  select_ip,
  // loops: each opens over a set; the nodes up to the any_/all_ are its body; element is the loop's variable
  each,
  element,
  any_,
  all_,
};

struct OpRow {
  Op op;
  std::string_view name;
  NodeType result;
  std::array<Operand, 3> operands;
  std::array<NodeType, 3> types;  // of node operands
};
inline constexpr auto op_rows = [] {
  using enum Op;
  using enum Operand;
  constexpr auto b = NodeType::boolean, i = NodeType::integer, s = NodeType::string, p = NodeType::ip,
                 t = NodeType::set;
  return std::to_array<OpRow>({
      {const_bool, "const.bool", b, {slot, none, none}, {}},
      {const_int, "const.int", i, {slot, none, none}, {}},
      {const_string, "const.string", s, {slot, none, none}, {}},
      {const_ip, "const.ip", p, {slot, none, none}, {}},
      {has_fact, "has", b, {Operand::fact, none, none}, {}},
      {fact_bool, "fact.bool", b, {Operand::fact, none, none}, {}},
      {fact_int, "fact.int", i, {Operand::fact, none, none}, {}},
      {fact_string, "fact.string", s, {Operand::fact, none, none}, {}},
      {fact_ip, "fact.ip", p, {Operand::fact, none, none}, {}},
      {fact_set, "fact.set", t, {Operand::fact, none, none}, {}},
      {client_index, "client", i, {none, none, none}, {}},
      {connection_index, "connection", i, {none, none, none}, {}},
      {organization_index, "organization", i, {none, none, none}, {}},
      {client_type, "client.type", i, {none, none, none}, {}},
      {connection_family, "connection.family", i, {none, none, none}, {}},
      {connection_strategy, "connection.strategy", i, {none, none, none}, {}},
      {not_, "not", b, {node, none, none}, {b}},
      {and_, "and", b, {arguments, none, none}, {b}},
      {or_, "or", b, {arguments, none, none}, {b}},
      {eq_int, "eq.int", b, {node, node, none}, {i, i}},
      {ne_int, "ne.int", b, {node, node, none}, {i, i}},
      {lt_int, "lt.int", b, {node, node, none}, {i, i}},
      {le_int, "le.int", b, {node, node, none}, {i, i}},
      {gt_int, "gt.int", b, {node, node, none}, {i, i}},
      {ge_int, "ge.int", b, {node, node, none}, {i, i}},
      {eq_bool, "eq.bool", b, {node, node, none}, {b, b}},
      {eq_string, "eq.string", b, {node, node, none}, {s, s}},
      {eq_ip, "eq.ip", b, {node, node, none}, {p, p}},
      {in_bits, "in.bits", b, {node, slot, none}, {i}},
      {in_ints, "in.ints", b, {node, slot, none}, {i}},
      {in_strings, "in.strings", b, {node, slot, none}, {s}},
      {in_cidrs, "in.cidrs", b, {node, slot, none}, {p}},
      {in_window, "in.window", b, {node, slot, none}, {i}},
      {set_has, "set.has", b, {node, node, none}, {t, s}},
      {starts_with, "starts.with", b, {node, node, none}, {s, s}},
      {ends_with, "ends.with", b, {node, node, none}, {s, s}},
      {contains, "contains", b, {node, node, none}, {s, s}},
      {glob, "glob", b, {node, slot, none}, {s}},
      {regex, "regex", b, {node, slot, none}, {s}},
      {lower, "lower", s, {node, none, none}, {s}},
      {email_domain, "email.domain", s, {node, none, none}, {s}},
      {has_email_domain, "has.email.domain", b, {node, none, none}, {s}},
      {add, "add", i, {node, node, none}, {i, i}},
      {sub, "sub", i, {node, node, none}, {i, i}},
      {select_bool, "select.bool", b, {node, node, node}, {b, b, b}},
      {select_int, "select.int", i, {node, node, node}, {b, i, i}},
      {select_string, "select.string", s, {node, node, node}, {b, s, s}},
      {select_ip, "select.ip", p, {node, node, node}, {b, p, p}},
      {each, "each", b, {node, depth, end}, {t}},  // c: the node id of its any_/all_
      {element, "element", s, {depth, none, none}, {}},
      {any_, "any", b, {node, node, none}, {b, b}},  // a: its each; b: the body's outcome
      {all_, "all", b, {node, node, none}, {b, b}},
  });
}();
constexpr const OpRow& row_of(Op op) { return op_rows[static_cast<std::size_t>(op)]; }

struct Node {
  Op op{};
  std::uint32_t a = 0, b = 0, c = 0;  // by OpRow::operands; `arguments`: a = first in Shape::arguments, b = how many
  bool operator==(const Node&) const = default;
};

enum class SlotKind : std::uint8_t { boolean, integer, string, ip, bits, ints, strings, cidrs, window, glob, regex };
inline constexpr std::array<std::string_view, 11> slot_kind_names = {
    "boolean", "integer", "string", "ip", "bits", "ints", "strings", "cidrs", "window", "glob", "regex"};

// One alternative of a require's `A or B`: satisfied when the node is true.
struct Entry {
  std::vector<NodeId> satisfied;
  std::int32_t use_connection = -1;  // index, when the entry is a single use_connection
  bool operator==(const Entry&) const = default;
};

// The decision's masks are indexed by place in `rules` and `entries`. The order of rules is the lowering's and does not depend on the
// tenant's name, so that tenants of one template share a shape; lists that people see are sorted by id.
struct RuleCode {
  RuleEffect effect{};
  bool report = false;
  NodeId fired{};
  std::uint32_t entry = 0;  // require only: index in Shape::entries
  bool operator==(const RuleCode&) const = default;
};

inline constexpr std::size_t mask_rules = 128, mask_entries = 64;  // as many of a shape as a decision has masks for

struct Shape {
  Action action{};
  bool password = false;  // reads PasswordFacts, not a request's; then `action` is the first and every rule a denial
  bool prepared = false;  // reads what remainder.h says, not a request's facts; made where it runs, never shipped
  std::vector<Node> nodes;
  std::vector<std::uint32_t> arguments;  // of and_, or_
  std::vector<SlotKind> slots;
  std::vector<RuleCode> rules;
  std::vector<Entry> entries;  // distinct, in order of their text; two of one text ask for different things
  bool operator==(const Shape&) const = default;
};

// Calls `f(operand's node index)` for every node operand and argument of a node.
template <class F>
void each_operand(const Shape& shape, const Node& node, F&& f) {
  const auto& row = row_of(node.op);
  const std::uint32_t fields[] = {node.a, node.b, node.c};
  for (std::size_t i = 0; i < row.operands.size(); ++i) {
    if (row.operands[i] == Operand::node) f(fields[i]);
    if (row.operands[i] == Operand::arguments)
      for (std::uint32_t k = 0; k < node.b; ++k) f(shape.arguments[node.a + k]);
  }
}

inline constexpr std::size_t max_attributes = 1'024;  // declared facts visible in one part
bool fact_fits(Op op, TypeKind type);                 // whether a fact of this type is read by this op
// Everything that must hold of a shape; empty when it does, else what is wrong with which node. Run before a shape is used,
// whoever made it.
std::string verify(const Shape& shape);
// A shape as text and back: what goldens, `writ dump` and bug reports show.
std::string print(const Shape& shape);
std::optional<Shape> read_shape(std::string_view text, std::string& error);
// SHA-256 of the printed text, first 16 bytes: equal shapes have equal keys.
using ShapeKey = std::array<std::uint8_t, 16>;
ShapeKey key_of(const Shape& shape);

// ---------------------------------------------------------------- rows

// Minutes of the local day in [begin, end), wrapping when end <= begin, on days (bit 0 = Monday) by the day it starts; and the zone's
// offsets: `offset` seconds east from `from` (UTC micros) on, ascending, the first from INT64_MIN.
struct ZoneOffset {
  std::int64_t from = 0;
  std::int32_t offset = 0;
  auto operator<=>(const ZoneOffset&) const = default;
};
struct Window {
  std::uint16_t begin = 0, end = 0;
  std::uint8_t days = 0x7f;
  std::string zone;
  std::vector<ZoneOffset> offsets;
  bool operator==(const Window&) const = default;
};

// A constant before it is laid out. bits: indexes that are in the set.
struct Bits {
  std::vector<std::uint32_t> members;
  bool operator==(const Bits&) const = default;
};
inline constexpr std::size_t max_glob = 1'024;  // bytes: a piece with `?` in it is tried at every byte of the text
struct Glob {
  std::string pattern;
  bool operator==(const Glob&) const = default;
};
struct Regex {
  std::string pattern;
  bool operator==(const Regex&) const = default;
};
using Constant =
    std::variant<bool, std::int64_t, std::string, Ip, Bits, std::vector<std::int64_t>, std::vector<std::string>,
                 std::vector<Cidr>, Window, Glob, Regex>;  // in order of SlotKind
inline SlotKind kind_of(const Constant& constant) { return static_cast<SlotKind>(constant.index()); }
using SharedConstant = std::shared_ptr<const Constant>;  // one object in many slots is laid out once

// Layout (little-endian, 8-byte aligned): one 8-byte word a slot, then the bytes they point at. boolean, integer: the value. Others: offset from
// the row's start (low 32 bits) and count (high 32 bits): string, glob, regex: bytes · ip: 16 bytes · bits: 64-bit words · ints: sorted,
// 8 bytes each · strings: sorted by (length, bytes), each offset and length, 4 bytes each · cidrs: sorted disjoint ranges, first and last address ·
// window: 1 (begin, end u16, days u8, 3 zero bytes, number of offsets u32, their offset u32), and offsets of 16 bytes (from, offset, 4 zero
// bytes), which windows of one zone share. Slots may point at the same bytes.
class Row {
 public:
  static Row build(std::span<const Constant> constants);
  static Row build(std::span<const SharedConstant> constants);
  // As a file holds them, copied or read where they lie; to be verified before use. What is borrowed must outlive the row (Part::keeper).
  static Row from_bytes(std::span<const std::byte> bytes);
  static Row borrow(std::span<const std::byte> bytes);
  std::span<const std::byte> bytes() const {
    return {borrowed_ ? borrowed_ : reinterpret_cast<const std::byte*>(words_.data()), size_};
  }
  bool operator==(const Row& other) const;

 private:
  std::vector<std::uint64_t> words_;  // keeps the alignment
  const std::byte* borrowed_ = nullptr;
  std::size_t size_ = 0;
};
// Bounds of every slot of `bytes` against `shape`; empty when it may be used.
std::string verify(const Shape& shape, std::span<const std::byte> row);
std::string print(const Shape& shape, std::span<const std::byte> row);

// ---------------------------------------------------------------- parts

// How the trace walks a rule: `and`, `or`, `not` over leaves, each leaf with its canonical text and the node that holds its outcome.
struct TraceNode {
  enum class Kind : std::uint8_t { leaf, not_, and_, or_ } kind = Kind::leaf;
  NodeId node{};
  std::uint32_t text = 0;               // leaf: index in RuleInfo::texts
  std::vector<std::uint32_t> children;  // indexes in RuleInfo::trace
  std::vector<NodeId> seen;             // leaf: the nodes whose values explain it (facts, non-constant operands)
  std::vector<std::string> seen_names;  // their names: `request.ip`
};

// Names, places and messages of a rule: cold, never read while deciding.
struct RuleInfo {
  std::string id, text, place, message, note;  // text: without message and note; place: "acme/admin.writ:41"
  std::string name;                            // as written; empty when it has none
  std::uint32_t source_order = 0;
  std::vector<std::string> texts;
  std::vector<TraceNode> trace;                              // [0] is the whole condition
  std::vector<std::pair<std::string, NodeId>> alternatives;  // require: canonical text, satisfied
};

struct ActionProgram {
  std::shared_ptr<const Shape> shape;
  Row row;
  std::vector<FactId> required;      // sorted; decision 0001, 17, without those that depend on the request
  std::vector<RuleInfo> rules;       // parallel to shape->rules
  std::vector<std::string> entries;  // texts, parallel to shape->entries
};

// What a rule of a password program asks for, and who: cold, read by reports only.
struct RequirementInfo {
  PasswordCheck check{};
  std::string text;                   // as an author writes it: `length 12..64`
  std::string origin, place;          // "platform floor baseline", "acme/acme.writ:12"
  std::vector<std::int64_t> numbers;  // what the message has in it: the bound, then in which unit (PasswordUnit)
  std::uint8_t classes = 0;           // of characters: bit 0 lower, 1 upper, 2 digit, 3 symbol
  bool implied = false;               // another requirement in force asks for as much: judged, not shown
};
// Which passwords a database connection accepts.
struct PasswordProgram {
  std::uint32_t connection = 0;
  std::shared_ptr<const Shape> shape;
  Row row;
  bool normalize = false;                     // a requirement says NFKC: judged as received and normalized
  std::vector<RequirementInfo> requirements;  // parallel to shape->rules
  std::vector<RequirementInfo> others;        // in force, but not of a new password
};

// The structure of a tenant: what is checked before rules. Indexes are places in these vectors.
struct Lockout {
  enum class Counter : std::uint8_t { by_identifier, by_identifier_ip, by_ip } counter{};
  std::int64_t attempts = 0;
  std::int64_t block = -1, within = -1;  // micros; -1: not given
  std::vector<Cidr> exempt{};
  std::int32_t connection = -1;  // its own connection only; -1: all
};
struct Session {
  std::int64_t idle = -1, absolute = -1;
};  // micros; -1: none
struct ClientRecord {
  std::string id{}, name{};  // wire id, name
  ClientType type{};
  std::uint16_t grants = 0;  // bit i = grant_names[i]
  OrganizationUsage usage = OrganizationUsage::deny;
  std::vector<std::string> callbacks{}, origins{};
  std::vector<std::uint32_t> connections{};                           // in the order written
  std::vector<std::pair<std::string, std::uint32_t>> discover{};      // domain, connection
  Session session{};                                                  // strictest of floor, tenant, client
  std::int64_t access_token = -1, refresh_token = -1, id_token = -1;  // lifetimes, micros
};
struct ConnectionRecord {
  std::string id, name;
  std::uint8_t strategy = 0;  // index in `strategies`
  bool signup_open = false;
  std::vector<std::string> domains;
  std::string issuer;
  std::vector<std::pair<std::string, std::string>> settings;
};
struct OrganizationRecord {
  std::string id, name, title;
  std::vector<std::uint32_t> connections;
  bool members_required = true;
  std::vector<std::uint32_t>
      joins_via;  // unless members_required: the connections on which login joins; empty: all of them
  std::vector<std::string> domains;
  struct Use {
    std::uint32_t client;
    bool narrows = false;
    std::vector<std::uint32_t> connections;
    std::vector<std::pair<std::string, std::uint32_t>> discover;
  };
  std::vector<Use> uses;
  std::vector<std::pair<std::string, std::uint32_t>> discover;
  std::string logo;
  std::vector<std::pair<std::string, std::string>> colors;
  std::vector<std::string> features;
};

// A fact that a policy declares. Ids follow the built-in ones: the platform's attributes sorted by name, then the tenant's own.
struct Attribute {
  std::string name;
  TypeKind type{};
  ActionMask required = 0, optional = 0;
  std::int64_t low = INT64_MIN, high = INT64_MAX;
  std::vector<std::string> values;
};

// One tenant, compiled: the unit of compilation, distribution and activation.
struct Part {
  std::string id, name, title;
  std::vector<Attribute> attributes;  // all visible ones: the platform's, then its own
  std::vector<std::string> hosts, issuers;
  std::vector<ClientRecord> clients;              // its own and the shared ones it uses, by wire id
  std::vector<ConnectionRecord> connections;      // by wire id
  std::vector<OrganizationRecord> organizations;  // by wire id
  std::vector<Lockout> lockouts;
  std::string logo;
  std::vector<std::pair<std::string, std::string>> colors;
  std::vector<std::string> features;
  std::array<ActionProgram, action_count> programs;
  std::vector<PasswordProgram> passwords;  // of database connections, each has one, by connection
  std::uint64_t version = 0;
  std::array<std::uint8_t, 32> hash{};  // of everything above that decides
  std::shared_ptr<const void> keeper;   // of what rows are borrowed from; null where they are the part's own
};
std::array<std::uint8_t, 32> hash_of(const Part& part);  // ignores version and hash
// Everything that must hold of a part, its shapes and rows included: every index in range, ids unique, lists parallel, facts of the type
// they are read as. Empty when it may be used; only whether its patterns compile is left to who loads it.
std::string verify(const Part& part);

}  // namespace writ::program
