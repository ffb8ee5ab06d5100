// Passwords of any bytes for a policy that asks for everything: judged alike by interpreter and machine code, refused with a
// fault exactly when they are no text of the right size, accepted exactly when every requirement is met, and never to be
// found in what is said of them.
#include "runtime/json/password_json.h"
#include "tests/agree/case.h"
#include "tests/agree/run.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace writ;

constexpr auto policy = R"(writ 1
tenant acme {
  connection people : database { password {
    length 3..; length ..900 bytes; classes 2 of lower, upper, digit, symbol; at least 1 lower unicode utf16
    max repeats 5; max repeats 4 utf16; no sequences 6; reject words ["acme", "ß"]; reject personal
    reject contains username, email; reject matches /^x+$/; normalize nfkc
  } }
  client shop : spa { connections people }
  allow signup
}
)";

const agree::Case& prepared() {
  static const auto made = agree::prepare({policy}, agree::machine_code(false));
  fuzz::promise(made->problems.empty(), "the policy does not compile", made->problems);
  return *made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [about, password] = fuzz::split(fuzz::view(data, size));
  const std::string_view text = password.empty() ? about : password;
  const std::string_view profile[] = {about.substr(0, about.size() / 2)};
  const PasswordUser user{about.substr(about.size() / 2), profile[0], profile};
  PasswordRequest request;
  request.tenant = "acme";
  request.connection = "people";
  request.user = &user;
  const auto& engine = *prepared().engine;
  const auto report = engine.interpret_password(Secret(text), request);
  const auto native = engine.native_password(Secret(text), request);
  fuzz::promise(!prepared().by_machine || native, "there is no machine code");
  if (native)
    fuzz::promise(native->fault == report.fault && native->refused == report.refused &&
                      native->accepted == report.accepted,
                  "machine code judges otherwise", text);
  const bool too_long = text.size() > static_cast<std::size_t>(max_password_bytes);
  const bool sound = !text.empty() && !too_long && valid_utf8(text);
  const bool judged = report.fault == PasswordFault::none;
  const bool of_others = report.fault == PasswordFault::invalid_user || report.fault == PasswordFault::too_long;
  fuzz::promise(sound ? judged || of_others : !judged, "a fault is told of what is no password, and of nothing else",
                text);
  bool met = judged;
  for (std::size_t i = 0; i < report.requirements.size(); ++i) met = met && report.meets(i);
  fuzz::promise(met == report.accepted, "accepted is that every requirement is met", text);
  // What anybody could have guessed of a report is in it whatever the password.
  static const auto usual = to_json(engine.interpret_password(Secret("?"), request), request.event);
  const auto said = to_json(report, request.event);
  const bool guessed = text.size() < 12 || usual.find(text) != usual.npos || !judged;
  fuzz::promise(guessed || said.find(text) == said.npos, "the report holds the password", text);
  return 0;
}
