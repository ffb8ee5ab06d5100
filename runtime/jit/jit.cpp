// The source of machine code: what is wanted, what is ready, and the one thread that turns the first into the second.
//
// A shape is in the table from the first `want` until it has died and so has its code. Those waiting are taken hottest first (asked for
// most often), then first come; the queue is bounded, and what does not fit is simply not taken: the engine asks again. Once the memory for
// code or the time to compile is used up nothing more is taken either, which is reported once. A shape that cannot be compiled is remembered
// as refused while it lives.
//
// The table holds shapes weakly and code strongly while one of the shape's objects lives, so code neither dies between two decisions nor outlives
// both its shape and its last user. Shapes that died are swept when the table has grown to twice what the last sweep left, when the memory
// for code is used up, and by `status`.
//
// The system may take executable memory away later (PR_SET_MDWE set by the host after its start). When code cannot be brought into memory
// the probe is run again: the other way is taken if it is left, else everything is refused from then on.
#include "runtime/jit/jit.h"

#include "runtime/jit/compile.h"

#include <algorithm>
#include <bit>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <exception>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <system_error>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <pthread.h>

namespace writ {
namespace {

using program::Shape;
using program::ShapeKey;

struct KeyHash {  // a key is a hash already
  std::size_t operator()(const ShapeKey& key) const {
    std::size_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof hash);
    return hash;
  }
};

enum class State : std::uint8_t { waiting, compiling, ready, refused, no_room };

constexpr std::size_t least_sweep = 64;  // entries

struct Entry {
  State state = State::waiting;
  std::uint64_t asked = 0, order = 0;
  std::vector<std::weak_ptr<const Shape>> shapes;  // equal ones; nearly always one
  CodeSource::Code code;
  std::chrono::nanoseconds spent{};  // compiling it
};

bool alive(const Entry& entry) {
  return std::any_of(entry.shapes.begin(), entry.shapes.end(), [](const auto& shape) { return !shape.expired(); });
}

class Source final : public Jit {
 public:
  Source(const JitOptions& options, std::string refusal, jit::Memory memory, std::shared_ptr<jit::Session> session)
      : options_(options), refusal_(std::move(refusal)), memory_(memory), session_(std::move(session)) {}
  ~Source() override;

  void start();  // throws std::system_error

  void want(std::shared_ptr<const Shape> shape) override;
  std::optional<Code> find(const ShapeKey& key) override;
  void wait_idle() override;
  std::string refusal() const override;
  JitStatus status() override;

 private:
  using Ticket = std::tuple<std::uint64_t, std::uint64_t, ShapeKey>;  // least first: most asked for, then first come
  using Freed = std::vector<std::shared_ptr<const void>>;             // dies when the lock is gone: unmapping is slow

  static Ticket ticket(const ShapeKey& key, const Entry& entry) { return {~entry.asked, entry.order, key}; }
  void take_in(const ShapeKey& key, const std::shared_ptr<const Shape>& shape);
  std::string used_up() const;
  void report_once(const std::string& what);
  Freed sweep();
  void work();
  std::shared_ptr<const Shape> next(ShapeKey& key);
  jit::Compiled compile(const Shape& shape);
  bool reopen();
  void put_away(const ShapeKey& key, jit::Compiled compiled, std::chrono::nanoseconds spent);
  void refuse_all(const std::string& why);

  const JitOptions options_;
  mutable std::shared_mutex mutex_;
  std::condition_variable_any changed_, idle_;
  std::string refusal_, last_error_;
  std::unordered_map<ShapeKey, Entry, KeyHash> table_;
  std::set<Ticket> queue_;
  std::uint64_t arrivals_ = 0;
  std::chrono::nanoseconds spent_{};  // on all entries
  std::set<std::string> reported_;
  std::size_t sweep_at_ = least_sweep;
  bool busy_ = false, stopping_ = false;
  jit::Memory memory_;
  std::shared_ptr<jit::Session> session_;  // replaced by the worker only, under the lock
  std::thread worker_;
};

Source::~Source() {
  {
    const std::unique_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  idle_.notify_all();
  if (worker_.joinable()) worker_.join();
}

// ---------------------------------------------------------------- the engine's side

void Source::want(std::shared_ptr<const Shape> shape) try {
  if (!shape) return;
  const auto key = program::key_of(*shape);
  Freed freed;
  std::string full;
  {
    const std::unique_lock lock(mutex_);
    if (!refusal_.empty() || stopping_) return;
    if (table_.size() >= sweep_at_ || !used_up().empty()) freed = sweep();
    full = used_up();
    take_in(key, shape);
    changed_.notify_one();
  }
  if (!full.empty()) report_once(full);
} catch (const std::exception&) {
  return;  // no memory to remember the wish: it will be wished again
}

void Source::take_in(const ShapeKey& key, const std::shared_ptr<const Shape>& shape) {
  auto found = table_.find(key);
  if (found == table_.end()) {
    if (queue_.size() >= options_.queue_limit || !used_up().empty()) return;
    Entry entry{State::waiting, 1, arrivals_++, {shape}, {}, {}};
    queue_.insert(ticket(key, entry));
    table_.emplace(key, std::move(entry));
    return;
  }
  auto& entry = found->second;
  std::erase_if(entry.shapes, [](const auto& known) { return known.expired(); });
  const bool known =
      std::any_of(entry.shapes.begin(), entry.shapes.end(), [&](const auto& other) { return other.lock() == shape; });
  if (!known) entry.shapes.push_back(shape);
  if (entry.state == State::waiting) queue_.erase(ticket(key, entry));
  ++entry.asked;
  if (entry.state == State::no_room && std::has_single_bit(entry.asked) && queue_.size() < options_.queue_limit)
    entry.state = State::waiting;
  if (entry.state == State::waiting) queue_.insert(ticket(key, entry));
}

// Which bound ends the compiling for now; empty when none does. The least code takes a page, and one for its constants.
std::string Source::used_up() const {
  if (jit::code_bytes(*session_) + 2 * jit::page_size() > options_.code_bytes_limit)
    return "the memory for machine code is used up (" + std::to_string(options_.code_bytes_limit >> 10) + " KiB)";
  if (spent_ >= options_.total_time)
    return "the time for making machine code is used up (" + std::to_string(options_.total_time.count()) + " ms)";
  return {};
}

void Source::report_once(const std::string& what) {
  {
    const std::unique_lock lock(mutex_);
    last_error_ = what;
    if (!reported_.insert(what).second) return;
  }
  if (options_.report) options_.report(what + ", so further policies are interpreted");
}

std::optional<CodeSource::Code> Source::find(const ShapeKey& key) {
  const std::shared_lock lock(mutex_);
  const auto found = table_.find(key);
  if (found == table_.end() || found->second.state != State::ready) return std::nullopt;
  return found->second.code;
}

void Source::wait_idle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [&] { return stopping_ || (queue_.empty() && !busy_); });
}

std::string Source::refusal() const {
  const std::shared_lock lock(mutex_);
  return refusal_;
}

JitStatus Source::status() {
  Freed freed;
  const std::unique_lock lock(mutex_);
  freed = sweep();
  JitStatus status;
  status.last_error = last_error_;
  status.waiting = queue_.size() + busy_;
  status.spent = std::chrono::ceil<std::chrono::milliseconds>(spent_);
  for (const auto& [key, entry] : table_) {
    status.ready += entry.state == State::ready;
    status.refused += entry.state == State::refused || entry.state == State::no_room;
  }
  freed.clear();  // before the bytes are counted
  if (!session_) return status;
  status.code_bytes = jit::code_bytes(*session_);
  status.memory = memory_ == jit::Memory::protect ? JitStatus::Memory::protect : JitStatus::Memory::dual;
  return status;
}

// Forgets shapes that died. What the worker has in hand is forgotten when it is done.
Source::Freed Source::sweep() {
  Freed freed;
  for (auto at = table_.begin(); at != table_.end();) {
    auto& [key, entry] = *at;
    if (entry.state == State::compiling || alive(entry)) {
      ++at;
      continue;
    }
    if (entry.state == State::waiting) queue_.erase(ticket(key, entry));
    if (entry.code.owner) freed.push_back(std::move(entry.code.owner));
    spent_ -= entry.spent;
    at = table_.erase(at);
  }
  sweep_at_ = std::max(least_sweep, table_.size() * 2);
  if (queue_.empty() && !busy_) idle_.notify_all();
  return freed;
}

// ---------------------------------------------------------------- the worker's side

// The host's signal handlers have no business on a thread it does not know of: the thread is born with all signals blocked.
void Source::start() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::exception_ptr failure;
  try {
    worker_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    failure = std::current_exception();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failure) std::rethrow_exception(failure);
}

void Source::work() {
  pthread_setname_np(pthread_self(), "writ-jit");
  ShapeKey key;
  while (auto shape = next(key)) {
    jit::Compiled compiled;
    const auto began = options_.now();
    try {
      compiled = compile(*shape);
    } catch (const std::exception& failure) {
      compiled = {};
      compiled.error = failure.what();
    }
    shape.reset();  // who waits for idle may count on the worker keeping nothing alive
    put_away(key, std::move(compiled), options_.now() - began);
  }
}

// Sleeps until there is something to do; null when the source goes.
std::shared_ptr<const Shape> Source::next(ShapeKey& key) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_) return nullptr;
    if (const auto full = used_up(); !full.empty()) {
      for (const auto& waiting : queue_) table_.at(std::get<ShapeKey>(waiting)).state = State::no_room;
      queue_.clear();
      idle_.notify_all();
      lock.unlock();
      report_once(full);
      lock.lock();
      continue;
    }
    key = std::get<ShapeKey>(*queue_.begin());
    queue_.erase(queue_.begin());
    auto& entry = table_.at(key);
    for (const auto& known : entry.shapes)
      if (auto shape = known.lock()) {
        entry.state = State::compiling;
        busy_ = true;
        return shape;
      }
    spent_ -= entry.spent;
    table_.erase(key);
    if (queue_.empty()) idle_.notify_all();
  }
}

jit::Compiled Source::compile(const Shape& shape) {
  if (!session_) return {{}, refusal(), false};
  auto compiled = jit::compile(session_, shape);
  if (compiled.by_link && reopen()) compiled = jit::compile(session_, shape);
  return compiled;
}

// True: there is a session of another kind of memory to try again with.
bool Source::reopen() {
  const auto probe = jit::probe_memory();
  if (probe.memory == memory_) return false;
  std::string error = probe.refusal;
  auto session = probe.memory ? jit::open_session(*probe.memory, options_, error) : nullptr;
  if (!session) {
    refuse_all(error);
    return false;
  }
  const std::unique_lock lock(mutex_);
  memory_ = *probe.memory;
  session_ = std::move(session);
  return true;
}

void Source::refuse_all(const std::string& why) {
  const std::unique_lock lock(mutex_);
  refusal_ = why;
  for (const auto& waiting : queue_) table_.erase(std::get<ShapeKey>(waiting));
  queue_.clear();
}

void Source::put_away(const ShapeKey& key, jit::Compiled compiled, std::chrono::nanoseconds spent) {
  Freed freed;
  {
    const std::unique_lock lock(mutex_);
    busy_ = false;
    auto& entry = table_.at(key);
    entry.spent += spent;
    spent_ += spent;
    if (compiled.code.entry) {
      entry.state = State::ready;
      entry.code = std::move(compiled.code);
    } else {
      entry.state = compiled.by_link ? State::no_room : State::refused;
      last_error_ = compiled.error;
    }
    if (!alive(entry)) {
      freed.push_back(std::move(entry.code.owner));
      spent_ -= entry.spent;
      table_.erase(key);
    }
    if (!queue_.empty()) return;
  }
  idle_.notify_all();
}

}  // namespace

std::shared_ptr<Jit> make_jit(const JitOptions& options) {
  const auto probe = jit::probe_memory();
  std::string refusal = probe.refusal;
  const auto memory = probe.memory.value_or(jit::Memory::protect);
  auto session = probe.memory ? jit::open_session(memory, options, refusal) : nullptr;
  const bool usable = session != nullptr;
  auto source = std::make_shared<Source>(options, usable ? "" : refusal, memory, std::move(session));
  if (!usable) return source;
  try {
    source->start();
  } catch (const std::system_error& failure) {
    refusal = std::string("no thread to compile on (") + failure.what() + "), so policies are interpreted";
    return std::make_shared<Source>(options, refusal, memory, nullptr);
  }
  return source;
}

}  // namespace writ
