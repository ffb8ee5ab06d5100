// What a decision costs through each door of the public C++ API, beside the same decision written by hand, in turns in one run:
//
//   text      names and values as a login service has them: strings, an address as text, group names
//   resolved  the address is parsed, the rest as it was
//   ids       the request was prepared beforehand; one at a time, and in batches of 16 and of 64
//   json      a line of JSON, which nobody decides by hand
//
//   bench_doors [--tenants N,N…] [--sign-ins N] [--form template|ten|windows|written|own] [--mix uniform|zipf] [--rounds N]
//               [--workload FOLDER] [--write FOLDER] [--json FILE] [--only DOOR]
//
// `--write` leaves the workload as text, and as `policy.writ` and `requests.jsonl`, which `writ eval` reads.
//
// Means are of processor time, of whole passes; the rest is of the clock, each decision by itself, without what the clock costs.
// Every decision, and which rules denied, is compared with the workload's before anything is timed; one that differs ends the run.
#include "compiler/check/check.h"
#include "compiler/load/load.h"
#include "compiler/lower/lower.h"
#include "runtime/engine/activation.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/prepared.h"
#include "runtime/json/request_reader.h"
#include "tests/bench/workload/limit.h"
#include "tests/bench/workload/workload.h"
#if WRIT_WITH_JIT
#include "runtime/jit/jit.h"
#endif

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <stdexcept>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

namespace {

using namespace writ;
using namespace writ::bench;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double nanoseconds(Clock::duration time) { return std::chrono::duration<double, std::nano>(time).count(); }

// What this thread has had of a processor: while others have it, nothing is counted.
double processor_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double whole = 0, resident = 0;
  in >> whole >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

const std::map<std::string, Form> forms = {{"template", Form::from_template},
                                           {"ten", Form::ten_rules},
                                           {"windows", Form::by_the_clock},
                                           {"written", Form::written_out},
                                           {"own", Form::own_shape}};

struct Options {
  std::vector<std::size_t> tenants = {10, 1'000, 10'000, 100'000};
  std::size_t sign_ins = 500'000, rounds = 9;
  Form form = Form::from_template;
  Mix mix = Mix::uniform;
  std::string workload, write, json, only;
};

// ---------------------------------------------------------------- tenants in an engine

struct Served {
  std::unique_ptr<Engine> engine;
  double load_seconds = 0, bytes_per_tenant = 0;
};

// In parts of so many tenants, because a hundred thousand trees at once would be nothing but memory.
Served serve(const std::vector<Tenant>& tenants, Form form) {
  constexpr std::size_t at_a_time = 1'000;
  std::string folder = (fs::temp_directory_path() / "writ-doors-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
  Served served;
  std::shared_ptr<CodeSource> code;
#if WRIT_WITH_JIT
  code = make_jit();
#endif
  served.engine = std::make_unique<Engine>(code, Tier::native);
  malloc_trim(0);  // what a run before this one has freed is not this one's
  const auto start = Clock::now();
  const auto before = resident_bytes();
  for (std::size_t first = 0; first < tenants.size(); first += at_a_time) {
    const std::string path = folder + "/policy.writ";
    std::ofstream out(path);
    out << shared_text(form);
    for (std::size_t i = first; i < std::min(tenants.size(), first + at_a_time); ++i)
      out << tenant_text(tenants[i], form, i);
    out.close();
    const std::string paths[] = {path};
    auto loaded = load(paths);
    model::Policy policy;
    if (!loaded.diagnostics.has_errors())
      policy = check_policy(loaded.order, loaded.sources, Limits{}, loaded.diagnostics);
    if (loaded.diagnostics.has_errors())
      throw std::runtime_error(render_pretty(loaded.diagnostics.sorted(), loaded.sources, {}));
    std::vector<program::Part> parts;
    for (const auto& tenant : policy.tenants) parts.push_back(lower_tenant(tenant, loaded.sources));
    if (const auto refused = served.engine->put(std::move(parts)); !refused.empty()) throw std::runtime_error(refused);
  }
  served.engine->wait_for_code();
  served.load_seconds = nanoseconds(Clock::now() - start) / 1e9;
  served.bytes_per_tenant = (resident_bytes() - before) / static_cast<double>(tenants.size());
  fs::remove_all(folder);
  return served;
}

// ---------------------------------------------------------------- asking

struct Facts {
  FactId ip, email, groups, blocked, mfa, mfa_age, hour, length, age, time, changed;
  Facts(const Engine& engine, std::string_view tenant) {
    const auto find = [&](std::string_view name) { return engine.fact(tenant, name).value(); };
    ip = find("request.ip"), email = find("user.email"), groups = find("user.groups"), blocked = find("user.blocked");
    mfa = find("session.mfa"), mfa_age = find("session.mfa_age"), hour = find("request.hour");
    length = find("request.password_length"), age = find("request.password_age_days");
    time = find("request.time"), changed = find("user.password_changed");
  }
};

struct Asked {
  const SignIn* as = nullptr;
  Ip ip;
  std::vector<std::string_view> groups;
};

class Asker {
 public:
  Asker(const Engine& engine, std::string_view tenant, bool by_the_clock)
      : engine_(engine), by_the_clock_(by_the_clock), facts_(engine, tenant), reader_(engine) {}

  void fill(const SignIn& as, const Ip& ip, std::span<const std::string_view> groups, Request& request) const {
    engine_.start(request, Action::login, as.tenant, as.client, as.connection);
    request.set(facts_.ip, ip)
        .set(facts_.email, std::string_view(as.email))
        .set(facts_.groups, groups)
        .set(facts_.blocked, false)
        .set(facts_.mfa, as.mfa)
        .set(facts_.length, std::int64_t{as.password_length});
    if (by_the_clock_)
      request.set(facts_.time, as.time).set(facts_.changed, as.changed);
    else
      request.set(facts_.hour, std::int64_t{as.hour}).set(facts_.age, std::int64_t{as.password_age});
    if (as.mfa) request.set(facts_.mfa_age, std::int64_t{0});
  }
  Decision text(const SignIn& as) {
    groups_.assign(as.groups.begin(), as.groups.end());
    fill(as, *parse_ip(as.ip), groups_, request_);
    return engine_.decide(request_);
  }
  Decision json(std::string_view line) {
    const auto problem = reader_.read(line, request_);
    if (!problem.empty()) throw std::runtime_error(problem);
    return engine_.decide(request_);
  }
  bool has_code(const SignIn& as) { return text(as), engine_.native(request_).has_value(); }
  std::size_t careful_reads() const { return reader_.careful_reads(); }
  Decision resolved(const Asked& asked) {
    fill(*asked.as, asked.ip, asked.groups, request_);
    return engine_.decide(request_);
  }
  Decision ids(const Prepared& prepared) { return engine_.decide(prepared, request_); }
  Decision interpreted(const Prepared& prepared) { return engine_.interpret(prepared, request_); }
  // The next of those that are decided together.
  Decision batch(const std::vector<Prepared>& prepared, std::size_t i, std::size_t size) {
    const auto at = i % size;
    if (at == 0)
      engine_.decide_batch(std::span(prepared).subspan(i, std::min(size, prepared.size() - i)), request_, decided_);
    return decided_[at];
  }

 private:
  const Engine& engine_;
  bool by_the_clock_;
  Facts facts_;
  RequestReader reader_;
  Request request_;
  std::vector<std::string_view> groups_;
  std::array<Decision, 64> decided_;
};

NamedRequest named(const SignIn& as, bool by_the_clock) {
  NamedRequest request{Action::login, as.tenant, as.client, as.connection, std::nullopt, {}};
  request.facts = {{"request.ip", *parse_ip(as.ip)},
                   {"user.email", as.email},
                   {"user.groups", StringSet(as.groups.begin(), as.groups.end())},
                   {"user.blocked", false},
                   {"session.mfa", as.mfa},
                   {"request.password_length", std::int64_t{as.password_length}}};
  if (by_the_clock) {
    request.facts["request.time"] = as.time;
    request.facts["user.password_changed"] = as.changed;
  } else {
    request.facts["request.hour"] = std::int64_t{as.hour};
    request.facts["request.password_age_days"] = std::int64_t{as.password_age};
  }
  if (as.mfa) request.facts["session.mfa_age"] = std::int64_t{0};
  return request;
}

// As a service would write it down.
std::string json_of(const SignIn& as, bool by_the_clock) {
  const auto instant = [](std::int64_t micros) { return fmt::format("{:%FT%TZ}", fmt::gmtime(micros / 1'000'000)); };
  std::string groups;
  for (const auto& group : as.groups) groups += (groups.empty() ? "\"" : ",\"") + group + '"';
  return fmt::format(
      R"({{"action":"login","tenant":"{}","client":"{}","connection":"{}","user":{{"email":"{}","groups":[{}],)"
      R"("blocked":false{}}},"session":{{"mfa":{}{}}},"request":{{"ip":"{}",{},"password_length":{}{}}}}})",
      as.tenant, as.client, as.connection, as.email, groups,
      by_the_clock ? fmt::format(R"(,"password_changed":"{}")", instant(as.changed)) : "", as.mfa,
      as.mfa ? R"(,"mfa_age":0)" : "", as.ip,
      by_the_clock ? fmt::format(R"("time":"{}")", instant(as.time)) : fmt::format(R"("hour":{})", as.hour),
      as.password_length, by_the_clock ? "" : fmt::format(R"(,"password_age_days":{})", as.password_age));
}

void write_for_eval(const Workload& workload, Form form, const std::string& folder) {
  std::ofstream policy(folder + "/policy.writ"), requests(folder + "/requests.jsonl");
  policy << shared_text(form);
  for (std::size_t i = 0; i < workload.tenants.size(); ++i) policy << tenant_text(workload.tenants[i], form, i);
  for (const auto& one : workload.stream) requests << json_of(one, form == Form::by_the_clock) << '\n';
  if (!policy.flush() || !requests.flush()) throw std::runtime_error("the workload could not be written to " + folder);
}

// The rules of a decision as the bits of a verdict.
Verdict verdict_of(const Decision& decision, const program::Part* part) {
  if (decision.fault != Fault::none) return {Verdict::fault};
  static const std::map<std::string_view, std::uint16_t> names = {
      {"outside the networks", Verdict::networks}, {"another company", Verdict::domain},
      {"administrators", Verdict::administrators}, {"hours", Verdict::hours},
      {"customers' passwords", Verdict::password}, {"users' passwords", Verdict::password},
      {"hostile networks", Verdict::hostile},      {"refused domains", Verdict::refused},
      {"suspended", Verdict::suspended},           {"night", Verdict::night},
      {"long passwords", Verdict::long_password}};
  Verdict verdict;
  const auto& rules = part->programs[static_cast<std::size_t>(Action::login)].rules;
  for (std::size_t i = 0; i < rules.size(); ++i)
    if ((decision.fired[i / 64] >> i % 64 & 1) != 0)
      if (const auto found = names.find(rules[i].name); found != names.end()) verdict.denied |= found->second;
  return verdict;
}

// ---------------------------------------------------------------- timing

struct Door {
  std::string name;
  std::function<std::size_t()> pass;                // how many were allowed
  std::function<void(std::vector<float>&)> singly;  // what each took
  std::vector<double> means;
};

template <class Ask>
Door door(std::string name, std::size_t count, Ask ask) {
  return {std::move(name),
          [=]() mutable {
            std::size_t allowed = 0;
            for (std::size_t i = 0; i < count; ++i) allowed += ask(i);
            return allowed;
          },
          [=](std::vector<float>& each) mutable {
            each.clear();
            for (std::size_t i = 0; i < count; ++i) {
              const auto start = Clock::now();
              const bool allowed = ask(i);
              asm volatile("" : : "r"(allowed) : "memory");
              each.push_back(static_cast<float>(nanoseconds(Clock::now() - start)));
            }
          },
          {}};
}

struct Line {
  std::string_view name;
  double mean = 0;
  float p50 = 0, p99 = 0, p999 = 0;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

float clock_cost() {
  std::vector<float> each;
  for (int i = 0; i < 100'000; ++i) {
    const auto start = Clock::now();
    each.push_back(static_cast<float>(nanoseconds(Clock::now() - start)));
  }
  std::ranges::nth_element(each, each.begin() + 50'000);
  return each[50'000];
}

// A line of JSON for each door. Those by hand are named after the door that they stand behind.
void write_lines(const std::vector<Line>& lines, const Served& served, const Options& options, std::size_t tenants) {
  std::ofstream json(options.json, std::ios::app);
  const auto form = std::ranges::find(forms, options.form, [](const auto& one) { return one.second; })->first;
  std::string_view door;
  for (const auto& line : lines) {
    const bool by_hand = line.name.starts_with(' ');
    if (!by_hand) door = line.name;
    const std::string_view by = !by_hand ? "Writ" : line.name == "  limit" ? "hand" : "hand, until one denies";
    json << fmt::format(
        R"({{"door":"{}","by":"{}","tenants":{},"form":"{}","mix":"{}","decided":{},"processor_ns":{:.2f},)"
        R"("p50":{:.0f},"p99":{:.0f},"p999":{:.0f})",
        door, by, tenants, form, options.mix == Mix::zipf ? "zipf" : "uniform", options.sign_ins, line.mean, line.p50,
        line.p99, line.p999);
    if (!by_hand)
      json << fmt::format(R"(,"load_s":{:.3f},"bytes":{:.0f})", served.load_seconds,
                          served.bytes_per_tenant * static_cast<double>(tenants));
    json << "}\n";
  }
}

void report(std::vector<Door>& doors, std::size_t allowed, const Served& served, const Options& options,
            std::size_t tenants) {
  for (std::size_t round = 0; round < options.rounds; ++round)
    for (auto& one : doors) {
      const auto start = processor_nanoseconds();
      if (one.pass() != allowed) throw std::runtime_error(one.name + " allows another number than it did before");
      one.means.push_back((processor_nanoseconds() - start) / static_cast<double>(options.sign_ins));
    }
  const float cost = clock_cost();
  std::vector<Line> lines;
  std::vector<float> each;
  fmt::print("{:<24}{:>10}{:>10}{:>10}{:>10}{:>14}\n", "", "mean", "p50", "p99", "p99.9", "a second");
  for (auto& one : doors) {
    one.singly(each);
    std::ranges::sort(each);
    const auto at = [&](double share) {
      return std::max(0.F, each[static_cast<std::size_t>(share * static_cast<double>(each.size() - 1))] - cost);
    };
    lines.push_back({one.name, median(one.means), at(.5), at(.99), at(.999)});
    const auto& line = lines.back();
    fmt::print("{:<24}{:>7.1f} ns{:>7.0f} ns{:>7.0f} ns{:>7.0f} ns{:>14.0f}\n", line.name, line.mean, line.p50,
               line.p99, line.p999, 1e9 / line.mean);
  }
  if (!options.json.empty()) write_lines(lines, served, options, tenants);
  for (std::size_t i = 0; i + 1 < doors.size(); ++i) {
    if (doors[i + 1].name != "  limit") continue;
    std::vector<double> ratios;
    for (std::size_t round = 0; round < options.rounds; ++round)
      ratios.push_back(doors[i].means[round] / doors[i + 1].means[round]);
    fmt::print("{:<24}{:>10.2f} of the limit that tells all that deny\n", doors[i].name, median(ratios));
  }
}

// ---------------------------------------------------------------- one number of tenants

// `rules` are the limit's.
template <unsigned rules>
void run(const Options& options, std::size_t tenants) {
  const auto workload =
      options.workload.empty() ? make(tenants, options.sign_ins, options.mix) : read(options.workload);
  if (!options.write.empty()) {
    write(workload, options.write);
    write_for_eval(workload, options.form, options.write);
  }
  const auto& stream = workload.stream;
  const Limit<rules> limit(workload.tenants);
  const auto served = serve(workload.tenants, options.form);
  const auto& engine = *served.engine;
  const bool by_the_clock = options.form == Form::by_the_clock;
  Asker asker(engine, workload.tenants.front().id, by_the_clock);

  std::vector<Interned> known;
  std::vector<Asked> asked(stream.size());
  std::vector<Prepared> prepared(stream.size());
  std::string json;  // lines one behind the other, as they come from a file or a peer
  std::vector<std::size_t> begins = {0};
  for (const auto& one : stream) {
    json += json_of(one, by_the_clock);
    begins.push_back(json.size());
  }
  const auto line = [&](std::size_t i) { return std::string_view(json).substr(begins[i], begins[i + 1] - begins[i]); };
  std::size_t allowed = 0, with_code = 0;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    const auto& one = stream[i];
    known.push_back(limit.intern(one));
    asked[i] = {&one, *parse_ip(one.ip), {one.groups.begin(), one.groups.end()}};
    const auto expected = limit.text(one).denied;
    engine.prepare(named(one, by_the_clock), prepared[i]);
    const auto decision = asker.ids(prepared[i]);
    with_code += asker.has_code(one);
    const auto part = engine.part(one.tenant);
    const bool same =
        one.allowed == limit.text(one).allowed() && expected == limit.resolved(one, known[i]).denied &&
        expected == limit.ids(known[i]).denied && one.allowed == limit.text_until_denied(one) &&
        one.allowed == limit.resolved_until_denied(one, known[i]) && one.allowed == limit.ids_until_denied(known[i]) &&
        expected == verdict_of(decision, part.get()).denied && one.allowed == (decision.effect == Effect::allow) &&
        one.allowed == (asker.interpreted(prepared[i]).effect == Effect::allow) &&
        one.allowed == (asker.text(one).effect == Effect::allow) &&
        one.allowed == (asker.resolved(asked[i]).effect == Effect::allow) &&
        one.allowed == (asker.json(line(i)).effect == Effect::allow);
    if (!same) throw std::runtime_error(fmt::format("sign-in {} of the stream is decided differently", i + 1));
    allowed += one.allowed;
  }
  for (const std::size_t size : {16, 64})
    for (std::size_t i = 0; i < stream.size(); ++i)
      if (stream[i].allowed != (asker.batch(prepared, i, size).effect == Effect::allow))
        throw std::runtime_error(fmt::format("sign-in {} of the stream is decided differently in a batch", i + 1));
  double decided_by = 0;
  for (const auto& tenant : workload.tenants) decided_by += static_cast<double>(engine.revision(tenant.id)->bytes);
  fmt::print(
      "\n{} tenants, {} sign-ins, {:.1f} % allowed, {:.1f} % by machine code, 0 mismatches; loaded in {:.2f} s, "
      "{:.0f} bytes a tenant, {:.0f} of which decisions read (limit: {})\n",
      workload.tenants.size(), stream.size(), 100. * static_cast<double>(allowed) / static_cast<double>(stream.size()),
      100. * static_cast<double>(with_code) / static_cast<double>(stream.size()), served.load_seconds,
      served.bytes_per_tenant, decided_by / static_cast<double>(workload.tenants.size()), limit.bytes_per_tenant());

  const auto is = [](const Decision& decision) { return decision.effect == Effect::allow; };
  const auto count = stream.size();
  std::vector<Door> doors;
  doors.push_back(door("text", count, [&](std::size_t i) { return is(asker.text(stream[i])); }));
  doors.push_back(door("  limit", count, [&](std::size_t i) { return limit.text(stream[i]).allowed(); }));
  doors.push_back(door("  until one denies", count, [&](std::size_t i) { return limit.text_until_denied(stream[i]); }));
  doors.push_back(door("resolved", count, [&](std::size_t i) { return is(asker.resolved(asked[i])); }));
  doors.push_back(door("  limit", count, [&](std::size_t i) { return limit.resolved(stream[i], known[i]).allowed(); }));
  doors.push_back(door("  until one denies", count,
                       [&](std::size_t i) { return limit.resolved_until_denied(stream[i], known[i]); }));
  doors.push_back(door("ids", count, [&](std::size_t i) { return is(asker.ids(prepared[i])); }));
  doors.push_back(door("  limit", count, [&](std::size_t i) { return limit.ids(known[i]).allowed(); }));
  doors.push_back(door("  until one denies", count, [&](std::size_t i) { return limit.ids_until_denied(known[i]); }));
  doors.push_back(door("json", count, [&](std::size_t i) { return is(asker.json(line(i))); }));
  doors.push_back(door("ids, batches of 16", count, [&](std::size_t i) { return is(asker.batch(prepared, i, 16)); }));
  doors.push_back(door("ids, batches of 64", count, [&](std::size_t i) { return is(asker.batch(prepared, i, 64)); }));
  doors.push_back(door("ids, interpreter", count, [&](std::size_t i) { return is(asker.interpreted(prepared[i])); }));
  Options counted = options;
  counted.sign_ins = count;
  // By hand hours are compared, which is no measure of windows in zones.
  if (by_the_clock) std::erase_if(doors, [](const Door& one) { return one.name.starts_with(' '); });
  if (!options.only.empty()) std::erase_if(doors, [&](const Door& one) { return one.name != options.only; });
  report(doors, allowed, served, counted, workload.tenants.size());
}

std::vector<std::size_t> numbers(const std::string& text) {
  std::vector<std::size_t> list;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    list.push_back(std::stoul(text.substr(at, end - at)));
    at = end + 1;
  }
  return list;
}

Options read_options(int argc, char** argv) {
  Options options;
  const std::map<std::string, std::function<void(const std::string&)>> known = {
      {"--tenants", [&](const std::string& v) { options.tenants = numbers(v); }},
      {"--sign-ins", [&](const std::string& v) { options.sign_ins = std::stoul(v); }},
      {"--rounds", [&](const std::string& v) { options.rounds = std::max(1UL, std::stoul(v)); }},
      {"--workload", [&](const std::string& v) { options.workload = v, options.tenants = {0}; }},
      {"--write", [&](const std::string& v) { options.write = v; }},
      {"--json", [&](const std::string& v) { options.json = v; }},
      {"--only", [&](const std::string& v) { options.only = v; }},
      {"--mix", [&](const std::string& v) { options.mix = v == "zipf" ? Mix::zipf : Mix::uniform; }},
      {"--form",
       [&](const std::string& v) {
         const auto found = forms.find(v);
         if (found == forms.end()) throw std::invalid_argument(fmt::format("`{}` is no form of tenants", v));
         options.form = found->second;
       }},
  };
  for (int i = 1; i < argc; i += 2) {
    const auto found = known.find(argv[i]);
    if (found == known.end() || i + 1 == argc)
      throw std::invalid_argument(
          fmt::format("`{}` is no option with a value; see the top of tests/bench/doors.cpp", argv[i]));
    found->second(argv[i + 1]);
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = read_options(argc, argv);
    for (const auto tenants : options.tenants)
      options.form == Form::ten_rules ? run<10>(options, tenants) : run<5>(options, tenants);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_doors: {}\n", error.what());
    return 1;
  }
  return 0;
}
