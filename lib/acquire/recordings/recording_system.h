/// A system that writes down what it is asked, and what it answers.
#pragma once

#include <chrono>
#include <mutex>
#include <set>
#include <string>

#include "acquire/recordings/recording_format.h"
#include "common/new_file.h"
#include "os/system.h"

namespace sockutils {

/// Writes sections of one snapshot into a file, each fact once.
class Recorder {
 public:
  explicit Recorder(NewFile& file) : file_(file) {}

  /// `steady`: microseconds of the clock that never jumps.
  void begin_snapshot(std::uint64_t time, std::uint64_t steady, const RecordingInfo& about);
  void end_snapshot();

  void fact(FactKind kind, std::string_view subject, std::int32_t error, std::string_view value);
  /// What follows is read in the network namespace that `path` leads to; empty: back where all began.
  void enter(const std::string& path);
  void dump(const record::DumpKey& key);
  void messages(std::string_view datagram);
  /// What happened there since the snapshot before; `now` is when this one begins.
  void between(const std::string& path, const IntervalEvents& between,
               std::chrono::steady_clock::time_point now);

  /// What kept it from writing, once something has.
  const std::optional<Error>& error() const { return error_; }

 private:
  void section(record::Tag tag, std::string_view payload);

  NewFile& file_;
  std::mutex mutex_;
  std::string namespace_;
  /// Namespace, question and subject of each fact.
  std::set<std::string> known_;
  std::string buffer_;
  std::uint32_t sections_ = 0;
  std::optional<Error> error_;
};

/// Passes everything on to `inner`, and what it says to the recorder.
class RecordingSystem final : public System {
 public:
  RecordingSystem(const System& inner, Recorder& recorder) : inner_(inner), recorder_(recorder) {}

  Result<std::string> ask(const Question& question) const override;
  std::vector<std::string> find(NameKind kind, const std::string& name) const override;
  Result<void> read_lines(const std::string& path,
                          const std::function<bool(std::string_view)>& visit) const override;
  /// Of the links only those that owners and namespaces are found by are written.
  Result<void> list_links(
      const std::string& path,
      const std::function<void(std::string_view, std::string_view)>& visit) const override;
  Moment now() const override;
  /// Never: owners are recorded as /proc tells of them.
  Result<void> socket_files(ListedFiles which,
                            const std::function<void(const KernelFile&)>& visit) const override;
  Result<std::unique_ptr<NetlinkChannel>> open_sock_diag() const override;
  Result<void> in_network_namespace(const std::string& path,
                                    const std::function<void()>& work) const override;
  Result<std::vector<HostName>> host_names(const std::vector<Address>& addresses,
                                           std::chrono::milliseconds limit) const override;

 private:
  const System& inner_;
  Recorder& recorder_;
};

}  // namespace sockutils
