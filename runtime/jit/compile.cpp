// One shape → memory that can be run.
//
//   verify the shape · plan · emit · verify LLVM's module · passes (O2, or none) · object code · link · look up the entry
//
// Every shape is a dylib of its own in ORC's session, so its code goes by itself. A dylib sees the builtins below and nothing else: no symbol
// is ever looked up in the process. Object code is made here and not in one of ORC's layers, so that LLVM's optimiser runs on the worker's
// thread alone and the code generator's effort can differ from shape to shape. Nothing global is installed into LLVM: errors come back as
// values, diagnostics go to the context that compiles.
//
// LLVM's library functions are switched off: left on, the optimiser would turn loops and comparisons into calls of memset or bcmp, which
// are no builtins.
#include "runtime/jit/compile.h"

#include "runtime/jit/emit.h"
#include "runtime/jit/link.h"
#include "runtime/program/builtins.h"

#include <atomic>
#include <cstring>
#include <mutex>

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/IR/DiagnosticHandler.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>

namespace writ::jit {

namespace orc = llvm::orc;

class Session {
 public:
  explicit Session(const JitOptions& chosen) : options(chosen) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    if (execution)
      if (auto error = execution->endSession()) llvm::consumeError(std::move(error));
  }

  const JitOptions options;
  std::atomic<std::size_t> bytes{0};
  std::atomic<std::uint64_t> next{0};
  std::mutex reported_mutex;
  std::string reported;                                  // the last error that ORC reported instead of returning it
  std::unique_ptr<llvm::TargetMachine> quick, thorough;  // O0, O2; of the compiling thread
  std::unique_ptr<orc::ExecutionSession> execution;
  std::unique_ptr<orc::ObjectLinkingLayer> layer;  // after what it links into
  orc::JITDylib* builtins = nullptr;
};

namespace {

// A loop is never cut, so one function may be as large as a loop's body (a comparison of strings weighs 4). O2 takes 2 s at 2,500, O0 0.1 s
// at 5,000.
constexpr std::size_t thorough_limit = 2 * default_part_weight, function_limit = 20'000;

bool same_bytes(const char* left, const char* right, std::uint32_t size) noexcept {
  return size == 0 || std::memcmp(left, right, size) == 0;
}

std::string text_of(llvm::Error error) { return llvm::toString(std::move(error)); }

// ---------------------------------------------------------------- opening

orc::SymbolMap allowed(orc::ExecutionSession& execution) {
  orc::SymbolMap symbols;
  const auto allow = [&](const char* name, auto* function) {
    symbols[execution.intern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                       llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  };
  allow("writ_same_bytes", same_bytes);
  allow("writ_eq_string", writ_eq_string);
  allow("writ_starts_with", writ_starts_with);
  allow("writ_ends_with", writ_ends_with);
  allow("writ_contains", writ_contains);
  allow("writ_glob", writ_glob);
  allow("writ_regex", writ_regex);
  allow("writ_has_email_domain", writ_has_email_domain);
  allow("writ_email_domain", writ_email_domain);
  allow("writ_set_has", writ_set_has);
  allow("writ_in_ints", writ_in_ints);
  allow("writ_in_strings", writ_in_strings);
  allow("writ_in_cidrs", writ_in_cidrs);
  allow("writ_in_window", writ_in_window);
  return symbols;
}

llvm::Error open_machines(Session& session) {
  auto builder = orc::JITTargetMachineBuilder::detectHost();
  if (!builder) return builder.takeError();
  builder->setRelocationModel(llvm::Reloc::PIC_);
  builder->setCodeModel(llvm::CodeModel::Small);
  for (const auto& [level, machine] : {std::pair(llvm::CodeGenOptLevel::None, &session.quick),
                                       std::pair(llvm::CodeGenOptLevel::Default, &session.thorough)}) {
    auto created = builder->setCodeGenOptLevel(level).createTargetMachine();
    if (!created) return created.takeError();
    *machine = std::move(*created);
  }
  return llvm::Error::success();
}

llvm::Error open(Session& session, Memory memory) {
  if (auto error = open_machines(session)) return error;
  auto process = orc::SelfExecutorProcessControl::Create(nullptr, std::make_unique<orc::InPlaceTaskDispatcher>());
  if (!process) return process.takeError();
  session.execution = std::make_unique<orc::ExecutionSession>(std::move(*process));
  session.execution->setErrorReporter([&session](llvm::Error error) {
    const std::lock_guard lock(session.reported_mutex);
    session.reported = text_of(std::move(error));
  });
  session.layer = std::make_unique<orc::ObjectLinkingLayer>(
      *session.execution, make_code_memory(memory, session.bytes, session.options.code_bytes_limit));
  session.builtins = &session.execution->createBareJITDylib("builtins");
  return session.builtins->define(orc::absoluteSymbols(allowed(*session.execution)));
}

// ---------------------------------------------------------------- module to object code

// LLVM's default for an error is to print it and end the process.
struct Diagnostics final : llvm::DiagnosticHandler {
  explicit Diagnostics(std::string& into) : errors(into) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getSeverity() != llvm::DS_Error) return true;
    llvm::raw_string_ostream stream(errors);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
    return true;
  }
  std::string& errors;
};

llvm::TargetLibraryInfoImpl no_library(const llvm::Module& module) {
  llvm::TargetLibraryInfoImpl library(llvm::Triple(module.getTargetTriple()));
  library.disableAllFunctions();
  return library;
}

// When a shape has had its time. LLVM is asked between its passes and cannot be stopped within one; how long one may take is bounded by the
// size of functions.
class Deadline {
 public:
  explicit Deadline(const JitOptions& options) : options_(options), end_(options.now() + options.shape_time) {}
  bool passed() const { return options_.now() > end_; }
  std::string text() const {
    return "compiling it took more than " + std::to_string(options_.shape_time.count()) + " ms";
  }

 private:
  const JitOptions& options_;
  std::chrono::steady_clock::time_point end_;
};

// O2 without vectors and unrolling: the loops are over a handful of strings, and constants would want pages of their own.
void optimize(llvm::Module& module, llvm::TargetMachine& machine, const Deadline& deadline) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = tuning.LoopUnrolling = tuning.LoopInterleaving = false;
  llvm::PassInstrumentationCallbacks between;
  between.registerShouldRunOptionalPassCallback([&](llvm::StringRef, llvm::Any) { return !deadline.passed(); });
  llvm::PassBuilder builder(&machine, tuning, std::nullopt, &between);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  functions.registerPass([&] { return llvm::TargetLibraryAnalysis(no_library(module)); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

std::unique_ptr<llvm::MemoryBuffer> object_code(llvm::Module& module, llvm::TargetMachine& machine,
                                                std::string& error) {
  llvm::SmallVector<char, 0> bytes;
  {
    llvm::raw_svector_ostream stream(bytes);
    llvm::legacy::PassManager passes;
    passes.add(new llvm::TargetLibraryInfoWrapperPass(no_library(module)));
    llvm::MCContext* context = nullptr;
    if (machine.addPassesToEmitMC(passes, context, stream)) {
      error = "the target writes no object code";
      return nullptr;
    }
    passes.run(module);
  }
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(bytes), "shape", false);
}

std::unique_ptr<llvm::MemoryBuffer> object_of(Session& session, const program::Shape& shape, std::string& error) {
  const Deadline deadline(session.options);
  error = program::verify(shape);
  if (!error.empty()) return nullptr;
  const auto size = size_of(shape);
  if (size > session.options.node_limit) {
    error = "it has " + std::to_string(size) + " nodes, more than " + std::to_string(session.options.node_limit);
    return nullptr;
  }
  const auto plan = make_plan(shape, default_part_weight, error);
  if (!plan) return nullptr;
  if (plan->heaviest > function_limit) {
    error = "the body of one of its loops is too large";
    return nullptr;
  }
  llvm::LLVMContext context;
  std::string diagnosed;
  context.setDiagnosticHandler(std::make_unique<Diagnostics>(diagnosed));
  const auto module = emit(context, shape, *plan, error);
  if (!module) return nullptr;
  const bool thorough =
      session.options.optimize && size <= session.options.optimize_limit && plan->heaviest <= thorough_limit;
  auto& machine = thorough ? *session.thorough : *session.quick;
  module->setTargetTriple(machine.getTargetTriple().str());
  module->setDataLayout(machine.createDataLayout());
  {
    llvm::raw_string_ostream stream(error);
    if (llvm::verifyModule(*module, &stream)) return nullptr;
  }
  if (thorough) optimize(*module, machine, deadline);
  if (deadline.passed()) {
    error = deadline.text();
    return nullptr;
  }
  auto object = object_code(*module, machine, error);
  if (!diagnosed.empty()) {
    error = diagnosed;
    return nullptr;
  }
  return object;
}

// ---------------------------------------------------------------- object code to memory

// What an owner of code holds. The session goes after the last code.
struct Held {
  Held(std::shared_ptr<Session> in, orc::JITDylib& of) : session(std::move(in)), dylib(&of) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() {
    if (auto error = session->execution->removeJITDylib(*dylib)) llvm::consumeError(std::move(error));
  }
  std::shared_ptr<Session> session;
  orc::JITDylib* dylib;
};

std::string link_failure(Session& session, llvm::Error error) {
  auto returned = text_of(std::move(error));
  const std::lock_guard lock(session.reported_mutex);
  return session.reported.empty() ? returned : std::exchange(session.reported, {});
}

}  // namespace

std::shared_ptr<Session> open_session(Memory memory, const JitOptions& options, std::string& error) {
  static const bool target = !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter();
  if (!target) {
    error = "LLVM has no code generator for this machine";
    return nullptr;
  }
  auto session = std::make_shared<Session>(options);
  if (auto failed = open(*session, memory)) {
    error = text_of(std::move(failed));
    return nullptr;
  }
  return session;
}

std::size_t code_bytes(const Session& session) { return session.bytes; }

Compiled compile(const std::shared_ptr<Session>& session, const program::Shape& shape) {
  Compiled result;
  auto object = object_of(*session, shape, result.error);
  if (!object) return result;
  auto& execution = *session->execution;
  auto& dylib = execution.createBareJITDylib("shape." + std::to_string(session->next++));
  const auto held = std::make_shared<const Held>(session, dylib);  // from here on the dylib goes with it
  dylib.addToLinkOrder(*session->builtins);
  result.by_link = true;
  if (auto failed = session->layer->add(dylib, std::move(object))) {
    result.error = link_failure(*session, std::move(failed));
    return result;
  }
  auto found = execution.lookup({&dylib}, entry_name);
  if (!found) {
    result.error = link_failure(*session, found.takeError());
    return result;
  }
  result.by_link = false;
  result.code = {found->getAddress().toPtr<program::NativeCode>(), held};
  return result;
}

}  // namespace writ::jit
