// A policy compiled in a service: parts that verify, or what is wrong and nothing else.
#include "compiler/build/compile.h"
#include "tests/support/folder.h"

#include <catch2/catch.hpp>

using namespace writ;

TEST_CASE("a policy's text becomes parts that verify") {
  const support::Folder folder;
  folder.write("a.writ",
               "writ 1\ntenant acme { connection c : database client shop : spa { connections c } allow login }\n");
  folder.write("b.writ", "writ 1\ntenant bolt { }\n");
  const auto compiled = compile_policy(folder.path().string());
  CHECK(compiled.ok);
  CHECK(compiled.messages.empty());
  REQUIRE(compiled.parts.size() == 2);
  CHECK(compiled.parts[0].id == "acme");
  CHECK(program::verify(compiled.parts[0]).empty());
  CHECK(compiled.parts[1].id == "bolt");
}

TEST_CASE("of a policy with a mistake nothing is compiled") {
  const support::Folder folder;
  folder.write("a.writ", "writ 1\ntenant acme { allow login when user.risk > 3 }\n");
  folder.write("b.writ", "writ 1\ntenant bolt { }\n");
  const auto compiled = compile_policy(folder.path().string());
  CHECK(!compiled.ok);
  CHECK(compiled.parts.empty());
  CHECK(compiled.messages.find("user.risk") != std::string::npos);
  CHECK(!compile_policy((folder.path() / "nowhere").string()).ok);
}
