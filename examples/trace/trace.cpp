// Writes a trace of your Raft for `raftarium-lab check` (docs/trace.md).
// Call step at the end of each handler, while you still hold the server's lock.
#include <iostream>
#include <mutex>
#include <string>
#include <vector>

using Json = std::string;  // A value, as JSON has it.

Json text(const std::string& s) {
  Json out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

Json list(const std::vector<Json>& items) {
  Json out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? "," : "") + item;
  return out + "]";
}

struct State {
  long term; std::string vote, role; std::vector<Json> log; long commit;
};

// A message: its kind, sender, receiver, term, and its other fields.
Json message(const char* t, const char* from, const char* to, long term, const Json& fields) {
  return "{\"t\":" + text(t) + ",\"f\":" + text(from) + ",\"to\":" + text(to) +
         ",\"term\":" + std::to_string(term) + "," + fields + "}";
}

// A step; received is "null" unless the kind is "recv".
void step(const char* kind, const char* server, const Json& received, const State& s,
          const std::vector<Json>& sent) {
  static std::mutex shared;  // Servers may share a trace.
  std::lock_guard<std::mutex> guard(shared);
  std::cout << "{\"e\":" << text(kind) << ",\"n\":" << text(server) << ",\"m\":" << received
            << ",\"s\":{\"term\":" << s.term << ",\"vote\":" << text(s.vote)
            << ",\"role\":" << text(s.role) << ",\"log\":" << list(s.log)
            << ",\"commit\":" << s.commit << "},\"out\":" << list(sent) << "}" << std::endl;
}

int main() {  // Three servers elect n1, which commits one entry.
  std::cout << "{\"e\":\"init\",\"servers\":[\"n1\",\"n2\",\"n3\"]}" << std::endl;
  Json ask = message("RV", "n1", "n2", 1, "\"li\":0,\"lt\":0");
  step("timeout", "n1", "null", {1, "n1", "C", {}, 0}, {ask});
  Json yes = message("RVR", "n2", "n1", 1, "\"g\":true");
  step("recv", "n2", ask, {1, "n1", "F", {}, 0}, {yes});
  step("recv", "n1", yes, {1, "n1", "L", {}, 0}, {});
  std::vector<Json> log = {"[1," + text("x=1") + "]"};
  Json append = message("AE", "n1", "n2", 1, "\"pi\":0,\"pt\":0,\"es\":" + list(log) + ",\"c\":0");
  step("propose", "n1", "null", {1, "n1", "L", log, 0}, {append});
  Json ack = message("AER", "n2", "n1", 1, "\"ok\":true,\"mi\":1");
  step("recv", "n2", append, {1, "n1", "F", log, 0}, {ack});
  step("recv", "n1", ack, {1, "n1", "L", log, 1}, {});
}
