// Finding and reading files: what is loaded, in which order, and what is refused with which code.
#include "compiler/load/load.h"
#include "tests/support/folder.h"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace writ;

namespace {

namespace fs = std::filesystem;

using support::Folder;

Loaded load_one(const std::string& path, const Limits& limits = {}) {
  const std::string paths[] = {path};
  return load(paths, limits);
}

std::vector<std::string> names(const Loaded& loaded) {
  std::vector<std::string> list;
  for (const tree::Tree* tree : loaded.order) list.push_back(fs::path(loaded.sources.name(tree->file)).filename());
  return list;
}

std::vector<Code> codes(const Loaded& loaded) {
  std::vector<Code> list;
  for (const Diagnostic& one : loaded.diagnostics.sorted()) list.push_back(one.code);
  return list;
}

const std::string empty = "writ 1\n";
std::string importing(const std::string& path) { return "writ 1\nimport \"" + path + "\"\n"; }

}  // namespace

TEST_CASE("a folder is all its policies by path, without what begins with a dot") {
  Folder at;
  for (const char* name : {"b.writ", "a/z.writ", "a.writ", "a/.hidden.writ", ".git/x.writ", "notes.md"})
    at.write(name, empty);
  const Loaded loaded = load_one(at(""));
  CHECK(codes(loaded).empty());
  CHECK(names(loaded) == std::vector<std::string>{"a.writ", "z.writ", "b.writ"});
}

TEST_CASE("imports come before importers, once, however they are reached") {
  Folder at;
  at.write("main.writ", "writ 1\nimport \"lib/one.writ\"\nimport \"./lib/../lib/two.writ\"\n");
  at.write("lib/one.writ", importing("two.writ"));
  at.write("lib/two.writ", empty);
  fs::create_symlink("two.writ", at("lib/link.writ"));
  const Loaded loaded = load_one(at("main.writ"));
  CHECK(codes(loaded).empty());
  CHECK(names(loaded) == std::vector<std::string>{"two.writ", "one.writ", "main.writ"});
  const std::string both[] = {at("lib/link.writ"), at("main.writ")};
  CHECK(load(both).order.size() == 3);
  const std::string alone[] = {at("main.writ")};
  CHECK(load(alone, {}, Imports::leave).order.size() == 1);
}

TEST_CASE("a folder can be imported") {
  Folder at;
  at.write("main.writ", importing("lib"));
  at.write("lib/b.writ", empty);
  at.write("lib/a.writ", empty);
  CHECK(names(load_one(at("main.writ"))) == std::vector<std::string>{"a.writ", "b.writ", "main.writ"});
}

TEST_CASE("circles are errors with the chain") {
  Folder at;
  at.write("a.writ", importing("b.writ"));
  at.write("b.writ", importing("c.writ"));
  at.write("c.writ", importing("a.writ"));
  const Loaded loaded = load_one(at("a.writ"));
  REQUIRE(codes(loaded) == std::vector<Code>{Code::import_cycle});
  const Diagnostic told = loaded.diagnostics.sorted()[0];
  CHECK(told.message.find("a.writ` → `") != std::string::npos);
  CHECK(told.more.size() == 2);
  at.write("self.writ", importing("self.writ"));
  CHECK(codes(load_one(at("self.writ"))) == std::vector<Code>{Code::import_cycle});
}

TEST_CASE("a chain of imports is as long as the limit and no longer") {
  Folder at;
  for (int i = 0; i < 6; ++i)
    at.write(std::to_string(i) + ".writ", i < 5 ? importing(std::to_string(i + 1) + ".writ") : empty);
  Limits limits;
  limits.import_depth = 5;
  CHECK(codes(load_one(at("0.writ"), limits)).empty());
  limits.import_depth = 4;
  CHECK(codes(load_one(at("0.writ"), limits)) == std::vector<Code>{Code::import_too_deep});
}

TEST_CASE("what is not there, not readable or no file is said") {
  Folder at;
  CHECK(codes(load_one(at("nowhere"))) == std::vector<Code>{Code::file_not_found});
  CHECK(codes(load_one(at(""))) == std::vector<Code>{Code::folder_without_policies});
  at.write("facts.writ", empty);
  at.write("main.writ", importing("fact.writ"));
  const Loaded slipped = load_one(at("main.writ"));
  REQUIRE(codes(slipped) == std::vector<Code>{Code::file_not_found});
  CHECK(slipped.diagnostics.sorted()[0].help.at(0).text.find("facts.writ") != std::string::npos);
  CHECK(slipped.diagnostics.sorted()[0].span.known());

  REQUIRE(::mkfifo(at("pipe.writ").c_str(), 0600) == 0);
  CHECK(codes(load_one(at("pipe.writ"))) == std::vector<Code>{Code::not_a_regular_file});
  CHECK(codes(load_one(at(""))) == std::vector<Code>{Code::file_not_found, Code::not_a_regular_file});
  CHECK(codes(load_one("/dev/null")) == std::vector<Code>{Code::not_a_regular_file});
  fs::remove(at("pipe.writ"));

  fs::create_symlink("gone", at("dangling.writ"));
  at.write("main.writ", empty);
  CHECK(codes(load_one(at(""))) == std::vector<Code>{Code::file_unreadable});
}

TEST_CASE("an unreadable file is not left out") {
  if (::geteuid() == 0) return;  // whom nothing is unreadable to
  Folder at;
  at.write("a.writ", empty);
  fs::permissions(at("a.writ"), fs::perms::none);
  CHECK(codes(load_one(at("a.writ"))) == std::vector<Code>{Code::file_unreadable});
}

TEST_CASE("folders linked in a circle are walked once") {
  Folder at;
  at.write("sub/a.writ", empty);
  fs::create_directory_symlink("..", at("sub/up"));
  const Loaded loaded = load_one(at(""));
  CHECK(codes(loaded).empty());
  CHECK(loaded.order.size() == 1);
}

TEST_CASE("import paths are relative and not empty") {
  Folder at;
  at.write("a.writ", importing("/etc/passwd"));
  CHECK(codes(load_one(at("a.writ"))) == std::vector<Code>{Code::bad_import_path});
  at.write("a.writ", importing(""));
  CHECK(codes(load_one(at("a.writ"))) == std::vector<Code>{Code::bad_import_path});
}

TEST_CASE("sizes and numbers of files have limits") {
  Folder at;
  at.write("a.writ", empty + std::string(93, ' '));
  at.write("b.writ", empty);
  Limits limits;
  limits.file_bytes = 100;
  CHECK(codes(load_one(at(""), limits)).empty());
  limits.file_bytes = 99;
  CHECK(codes(load_one(at(""), limits)) == std::vector<Code>{Code::file_too_large});
  limits = {};
  limits.total_bytes = 107;
  CHECK(codes(load_one(at(""), limits)).empty());
  limits.total_bytes = 106;
  CHECK(codes(load_one(at(""), limits)) == std::vector<Code>{Code::policy_too_large});
  limits = {};
  limits.files = 2;
  CHECK(codes(load_one(at(""), limits)).empty());
  limits.files = 1;
  CHECK(codes(load_one(at(""), limits)) == std::vector<Code>{Code::too_many_files});
}

TEST_CASE("many files give the same result each time") {
  Folder at;
  for (int i = 0; i < 60; ++i) at.write("f" + std::to_string(i) + ".writ", i % 7 == 0 ? "writ 1\ntenant {\n" : empty);
  const Loaded first = load_one(at(""));
  for (int i = 0; i < 5; ++i) {
    const Loaded again = load_one(at(""));
    CHECK(names(again) == names(first));
    CHECK(render_pretty(again.diagnostics.sorted(), again.sources, {}) ==
          render_pretty(first.diagnostics.sorted(), first.sources, {}));
  }
}
