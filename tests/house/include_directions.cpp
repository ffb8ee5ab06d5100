// Which room may see which, and which room a library lives in. Every #include of the tree is held against the two tables
// below; a row is a decision, with its reason. Adding a room means adding a row.
#include "tests/house/files.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

namespace {

struct Room {
  std::string_view folder;
  std::vector<std::string_view> sees;  // folders or single headers, beside its own folder
  std::string_view reason;
};

// The most specific folder decides: tests/agree/oracle before tests.
const std::vector<Room> rooms = {
    {"runtime/program", {}, "the format every other room agrees on stands alone"},
    {"runtime/interpret", {"runtime/program"}, "says what a program does, for every other engine to be compared with"},
    {"runtime/password",
     {"runtime/program"},
     "passwords: what they are, which are known, which were used; deciding knows none"},
    {"runtime/bundle",
     {"runtime/program", "runtime/password/digest.h", "runtime/password/mapped.h", "runtime/password/new_file.h"},
     "parts in files, and whom to believe about them; of passwords only how files are mapped, hashed and replaced"},
    {"runtime/store",
     {"runtime/program"},
     "counters of attempts; knows no policy, and the shared ones are rooms of their own behind its interface"},
    {"runtime/store/sqlite",
     {"runtime/store"},
     "a store for processes of one machine; whoever decides need not have it"},
    {"runtime/store/redis",
     {"runtime/store", "runtime/program"},
     "a store for many machines; whoever decides need not have it"},
    {"runtime/engine",
     {"runtime/program", "runtime/interpret", "runtime/password", "runtime/bundle", "runtime/store/store.h"},
     "decides without machine code, which it takes through an interface it owns; serves bundles, and has attempts "
     "counted"},
    {"runtime/watch",
     {"runtime/program", "runtime/engine", "runtime/bundle", "runtime/password/mapped.h"},
     "brings bundles to an engine, from files and over the network; no other room of the runtime knows of it"},
    {"runtime/flip",
     {"runtime/program", "runtime/interpret", "runtime/engine"},
     "what would have to be otherwise: asks the engine, which does not know of it"},
    {"runtime/json",
     {"runtime/program", "runtime/engine", "runtime/flip"},
     "requests and decisions as JSON; deciding needs none"},
    {"runtime/jit", {"runtime/program", "runtime/interpret", "runtime/engine"}, "optional: nothing below may need it"},
    {"compiler/diagnostics", {}, "every phase reports through it, so it knows none"},
    {"compiler/syntax",
     {"compiler/diagnostics", "runtime/program"},
     "text to tree; shares values and vocabulary with the runtime"},
    {"compiler/load",
     {"compiler/diagnostics", "compiler/syntax"},
     "files to trees; the only room that opens files of a policy"},
    {"compiler/check",
     {"compiler/diagnostics", "compiler/syntax", "runtime/program"},
     "tree to model; types are the runtime's"},
    {"compiler/import",
     {"compiler/diagnostics", "compiler/syntax", "compiler/load", "compiler/check", "runtime/program"},
     "other products' configuration to text that checks; nothing of the compiler knows of it"},
    {"compiler/lint",
     {"compiler/diagnostics", "compiler/syntax", "compiler/check", "runtime/program"},
     "opinions about what was checked; nothing rests on them"},
    {"compiler/lower",
     {"compiler/diagnostics", "compiler/syntax", "compiler/check", "runtime/program", "runtime/password/fold.h"},
     "model to program, the last phase"},
    {"compiler/build",
     {"compiler/diagnostics", "compiler/syntax", "compiler/load", "compiler/check", "compiler/lower",
      "compiler/testing", "runtime/program", "runtime/bundle"},
     "a policy set to a bundle: the phases in a row, without what an older bundle has already"},
    {"compiler/testing",
     {"compiler/diagnostics", "compiler/syntax", "compiler/check", "compiler/lower", "runtime/program",
      "runtime/interpret", "runtime/engine", "runtime/password/new_file.h"},
     "runs the tests of a policy: the one room of the compiler that decides"},
    {"compiler/overview",
     {"runtime/program", "runtime/flip"},
     "who may enter through what; reads compiled parts and asks no engine"},
    {"compiler/diff",
     {"compiler/check", "runtime/program", "runtime/interpret", "runtime/engine", "runtime/flip"},
     "two policies side by side; asks both engines at the values that flip finds"},
    {"writ", {"runtime", "compiler"}, "the public headers: lists of what others may include"},
    {"cli",
     {"compiler", "runtime", "tests/agree/oracle/oracle.h"},
     "puts everything together; the oracle is an engine to choose in builds that have the tests"},
    {"tests/agree/oracle",
     {"compiler/syntax/syntax.h", "compiler/syntax/tree.h", "compiler/diagnostics/source.h", "runtime/program/facts.h",
      "runtime/program/value.h", "runtime/program/vocabulary.h"},
     "a second opinion on the meaning: the tree, its canonical text, the table of facts and what these are made of"},
    {"tests/agree/passwords",
     {"compiler/check/model.h", "compiler/check/passwords.h", "runtime/engine/password.h", "tests/agree"},
     "a second opinion on passwords, from the checked policy; what measures and lowers them it does not see"},
    {"tests/house", {}, "reads the tree from outside"},
    {"tests", {"compiler", "runtime", "tests"}, "tests see all"},
};

struct Library {
  std::string_view header;  // how its headers begin
  std::vector<std::string_view> rooms;
  std::string_view reason;
};

const std::vector<Library> libraries = {
    {"openssl/pem.h", {"runtime/bundle"}, "keys are read in one room"},
    {"openssl/ec.h", {"runtime/bundle"}, "keys are read in one room"},
    {"openssl/x509.h", {"runtime/bundle"}, "keys are read in one room"},
    {"curl/", {"runtime/watch"}, "one room goes to the network"},
    {"llvm/", {"runtime/jit"}, "one room to change with LLVM, and builds without it"},
    {"llvm-c/", {"runtime/jit"}, "one room to change with LLVM, and builds without it"},
    {"antlr4", {"compiler/syntax"}, "its types and exceptions stop there"},
    {"WritLexer.h", {"compiler/syntax"}, "generated by ANTLR"},
    {"WritParser.h", {"compiler/syntax"}, "generated by ANTLR"},
    {"date/",
     {"compiler/check", "compiler/lower", "tests"},
     "time zones become tables when a policy is compiled; deciding needs no zone data"},
    {"toml++/", {"compiler/lint"}, "one file of settings, read in one place"},
    {"nlohmann/", {"runtime/json", "compiler", "cli", "tests"}, "deciding itself needs no JSON"},
    {"simdjson.h", {"runtime/json"}, "deciding itself needs no JSON"},
    {"fmt/", {"compiler", "cli", "tests"}, "text is for people; the runtime has none"},
    {"yaml.h", {"compiler/import"}, "YAML is other products'"},
    {"argon2.h", {"runtime/password"}, "stored passwords are read in one room"},
    {"crypt.h", {"runtime/password"}, "stored passwords are read in one room"},
    {"zxcvbn.h", {"runtime/password"}, "passwords are judged in one room"},
    {"sqlite3.h", {"runtime/store/sqlite", "tests"}, "a file of counters is a store's own"},
    {"hiredis/", {"runtime/store/redis"}, "Redis is a store's"},
    {"unicode/",
     {"runtime/password", "tests/agree/passwords"},
     "what Unicode says of passwords is asked in one room, and by the judge of what it answers"},
    {"CLI/", {"cli"}, "the command line is the command's"},
    {"catch2/", {"tests"}, "tests only"},
};

const Room* room_of(std::string_view file) {
  const Room* best = nullptr;
  for (const Room& room : rooms) {
    if (house::is_in(file, room.folder) && (best == nullptr || room.folder.size() > best->folder.size())) best = &room;
  }
  return best;
}

bool any_holds(const std::vector<std::string_view>& folders, std::string_view path) {
  return std::any_of(folders.begin(), folders.end(),
                     [&](std::string_view folder) { return house::is_in(path, folder); });
}

// The complaint about one #include, or nothing. `target` is what stands between the quotes or angles.
std::optional<std::string> complaint(std::string_view file, std::string_view target, bool quoted) {
  auto says = [&](const auto&... parts) {
    return (std::string(file) + " includes " + std::string(target) + ": " + ... + std::string(parts));
  };
  const Room* room = room_of(file);
  if (room == nullptr) return says("its folder has no row in the table of rooms");
  for (const Library& library : libraries) {
    if (!target.starts_with(library.header)) continue;
    if (any_holds(library.rooms, file)) return std::nullopt;
    return says("that library is not for this room (", library.reason, ")");
  }
  if (!quoted) return std::nullopt;
  if (!house::exists(target)) return says("no such file; includes are written from the root of the repository");
  if (house::is_in(target, room->folder) || any_holds(room->sees, target)) return std::nullopt;
  return says(room->folder, " does not see it (", room->reason, ")");
}

struct Include {
  std::string target;
  bool quoted;
};

// The #include lines of a file. Raw strings that hold such a line would be taken for one; none do.
std::vector<Include> includes_of(std::string_view text) {
  std::vector<Include> found;
  for (const std::string& line : house::lines_of(text)) {
    auto at = line.find_first_not_of(" \t");
    if (at == std::string::npos || line[at] != '#') continue;
    at = line.find_first_not_of(" \t", at + 1);
    if (at == std::string::npos || line.compare(at, 7, "include") != 0) continue;
    auto open = line.find_first_of("\"<", at + 7);
    if (open == std::string::npos) continue;
    auto close = line.find(line[open] == '"' ? '"' : '>', open + 1);
    if (close == std::string::npos) continue;
    found.push_back({line.substr(open + 1, close - open - 1), line[open] == '"'});
  }
  return found;
}

}  // namespace

TEST_CASE("every include goes in an allowed direction") {
  auto files = house::sources();
  REQUIRE(!files.empty());
  for (const std::string& file : files) {
    if (room_of(file) == nullptr) {
      FAIL_CHECK(file << ": its folder has no row in the table of rooms");
      continue;
    }
    for (const Include& include : includes_of(house::text_of(file))) {
      auto wrong = complaint(file, include.target, include.quoted);
      if (wrong) FAIL_CHECK(*wrong);
    }
  }
}

TEST_CASE("the include check sees what it should") {
  auto wrong = [](std::string_view file, std::string_view target, bool quoted) {
    return complaint(file, target, quoted).has_value();
  };
  CHECK(wrong("tests/house/x.cpp", "tests/agree/x.h", true));
  CHECK(wrong("runtime/jit/x.cpp", "jit.h", true));
  CHECK(wrong("runtime/engine/x.cpp", "llvm/IR/Module.h", false));
  CHECK(wrong("compiler/check/x.cpp", "antlr4-runtime.h", false));
  CHECK(wrong("compiler/check/x.cpp", "WritParser.h", true));
  CHECK(wrong("compiler/unheard_of/x.cpp", "vector", false));
  CHECK(!wrong("runtime/jit/x.cpp", "llvm/IR/Module.h", false));
  CHECK(!wrong("compiler/syntax/x.cpp", "WritParser.h", true));
  CHECK(!wrong("tests/agree/oracle/x.cpp", "date/tz.h", false));
  CHECK(!wrong("tests/house/x.cpp", "tests/house/files.h", true));

  CHECK(includes_of("#include <a>\n  #  include \"b/c.h\" // why\n// #include <d>\n").size() == 2);
}

TEST_CASE("nothing in the runtime sees the compiler") {
  for (const Room& room : rooms) {
    if (!house::is_in(room.folder, "runtime")) continue;
    for (std::string_view seen : room.sees) CHECK(house::is_in(seen, "runtime"));
  }
}
