// JITLink asks for memory in segments (here: code, and constants beside it), writes and fixes them up, and then has them sealed. One Region
// holds all segments of one shape, so code is freed by unmapping it, and nothing of one shape shares a page with another's.
#include "runtime/jit/link.h"

#include <vector>

#include <llvm/ExecutionEngine/JITLink/JITLink.h>

namespace writ::jit {
namespace {

using llvm::Error;
using llvm::Expected;
using llvm::jitlink::BasicLayout;
using llvm::jitlink::JITLinkDylib;
using llvm::jitlink::JITLinkMemoryManager;
using llvm::jitlink::LinkGraph;
using llvm::orc::ExecutorAddr;
using llvm::orc::MemProt;

Error failure(const std::string& text) {
  return llvm::make_error<llvm::StringError>(text, llvm::inconvertibleErrorCode());
}

bool has(MemProt protection, MemProt flag) {
  return (static_cast<unsigned>(protection) & static_cast<unsigned>(flag)) != 0;
}

// A region that is counted while it lives.
struct Counted {
  Counted(Region mapped, std::atomic<std::size_t>& counter) : region(std::move(mapped)), bytes(counter) {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { bytes -= region.size(); }
  Region region;
  std::atomic<std::size_t>& bytes;
};

class InFlight final : public JITLinkMemoryManager::InFlightAlloc {
 public:
  InFlight(std::unique_ptr<Counted> memory, std::vector<Region::Segment> segments)
      : memory_(std::move(memory)), segments_(std::move(segments)) {}

  void abandon(OnAbandonedFunction done) override {
    memory_.reset();
    done(Error::success());
  }

  void finalize(OnFinalizedFunction done) override {
    std::string error;
    if (!memory_->region.seal(segments_, error)) {
      memory_.reset();
      return done(failure(error));
    }
    done(JITLinkMemoryManager::FinalizedAlloc(ExecutorAddr::fromPtr(memory_.release())));
  }

 private:
  std::unique_ptr<Counted> memory_;
  std::vector<Region::Segment> segments_;
};

class CodeMemory final : public JITLinkMemoryManager {
 public:
  CodeMemory(Memory memory, std::atomic<std::size_t>& bytes, std::size_t limit)
      : memory_(memory), bytes_(bytes), limit_(limit) {}

  using JITLinkMemoryManager::allocate;
  using JITLinkMemoryManager::deallocate;

  void allocate(const JITLinkDylib*, LinkGraph& graph, OnAllocatedFunction done) override { done(allocate_now(graph)); }

  void deallocate(std::vector<FinalizedAlloc> allocations, OnDeallocatedFunction done) override {
    for (auto& allocation : allocations) delete allocation.release().toPtr<Counted*>();
    done(Error::success());
  }

 private:
  AllocResult allocate_now(LinkGraph& graph) {
    if (!graph.allocActions().empty()) return failure("code that asks for actions when it is loaded");
    BasicLayout layout(graph);
    std::vector<Region::Segment> segments;
    std::size_t total = 0;
    for (auto& [group, segment] : layout.segments()) {
      const auto protection = group.getMemProt();
      if (has(protection, MemProt::Write)) return failure("code with data that can be written");
      const auto pages = llvm::alignTo(segment.ContentSize + segment.ZeroFillSize, page_size());
      segments.push_back({total, pages, has(protection, MemProt::Exec)});
      total += pages;
    }
    auto counted = map(total);
    if (!counted) return counted.takeError();
    auto place = segments.begin();
    for (auto& [group, segment] : layout.segments()) {
      segment.Addr = ExecutorAddr::fromPtr((*counted)->region.runnable() + place->offset);
      segment.WorkingMem = (*counted)->region.working() + place->offset;
      ++place;
    }
    if (auto error = layout.apply()) return error;
    return std::make_unique<InFlight>(std::move(*counted), std::move(segments));
  }

  Expected<std::unique_ptr<Counted>> map(std::size_t size) {
    if (size == 0) size = page_size();
    if (bytes_.fetch_add(size) + size > limit_) {
      bytes_ -= size;
      return failure("the limit of memory for code is reached");
    }
    std::string error;
    auto region = Region::map(memory_, size, error);
    if (!region) {
      bytes_ -= size;
      return failure(error);
    }
    return std::make_unique<Counted>(std::move(*region), bytes_);
  }

  Memory memory_;
  std::atomic<std::size_t>& bytes_;
  std::size_t limit_;
};

}  // namespace

std::unique_ptr<JITLinkMemoryManager> make_code_memory(Memory memory, std::atomic<std::size_t>& bytes,
                                                       std::size_t limit) {
  return std::make_unique<CodeMemory>(memory, bytes, limit);
}

}  // namespace writ::jit
