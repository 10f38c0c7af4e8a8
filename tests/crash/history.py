"""What provenance must tell of the inputs of case.py, to the event: the other oracle.

The story of a FlowFile follows from its birth: what a file becomes is in case.py, and each step of that is one event in
flow.xml's order. At any moment each story is the beginning of the one that it must become, and once all is processed
it is all of it. Nothing is told of what did not happen, and what was told once stays so. Guards
the rules of docs/internals/provenance.md.
"""
import collections
import json
import os
import subprocess

import case as oracle

COLUMNS = ("event", "type", "component", "flowfile", "source", "queue", "size", "old_size", "time_us", "uri", "parents")
QUERY = f"""
  SELECT {", ".join(COLUMNS)}, NULL AS filename FROM events WHERE event > %d
  UNION ALL
  SELECT event, {"NULL, " * (len(COLUMNS) - 1)} value FROM attributes WHERE event > %d AND name = 'filename'"""
NAMED = "ATTRIBUTES_MODIFIED"
SENT = [("SEND", "put"), ("DROP", "put")]
STORIES = {     # what follows a birth: of an input of a kind, of what was made of one, of a piece of the log
    ("RECEIVE", "get", "s"): [(NAMED, "route"), (NAMED, "split"), ("DROP", "split")],
    ("RECEIVE", "get", "c"): [(NAMED, "route"), (NAMED, "copy"), (NAMED, "name-copies"), *SENT],
    **{("RECEIVE", "get", kind): [(NAMED, "route"), (NAMED, "number"), (NAMED, "name-numbers"), *SENT]
       for kind in "pmxe"},
    ("FORK", "split", "s"): [(NAMED, "name-lines"), *SENT],
    ("CLONE", "copy", "c"): [(NAMED, "name-copies"), *SENT],
    ("RECEIVE", "tail", "a"): [(NAMED, "name-tail"), *SENT],
}


class History:
    """What one data directory tells, as it grows."""

    def __init__(self, weir, case, overlap=300):
        self.weir, self.case, self.overlap = weir, case, overlap
        self.events = {}        # by number
        self.n_settled = 0      # of events: what they tell of is complete
        self.settled = set()    # names of inputs and outputs

    def read(self, everything=False):
        """Looks at what there is to be read, again at some of what was read before. Returns what is wrong."""
        folder = self.case.folder("data") / "provenance"
        if not folder.is_dir() or not any(name.endswith(".db") for name in os.listdir(folder)):
            return [f"{len(self.events)} events are gone"] if self.events else []
        after = 0 if everything else max(0, len(self.events) - self.overlap)
        done = subprocess.run([str(self.weir), "provenance", "--data=data", "--json", "--sql", QUERY % (after, after)],
                              cwd=self.case.home, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200,
                              check=False)
        if done.returncode or done.stderr:
            return [f"weir provenance ended with {done.returncode}: {done.stderr}"]
        return self.take(done.stdout.splitlines(), after)

    def take(self, lines, after):
        found, problems = {}, []
        for line in lines:
            row = json.loads(line)
            if row["type"] is None:
                found[row["event"]]["filename"] = row["filename"]
            elif row["event"] in found:
                problems.append(f"event {row['event']} is there twice")
            else:
                row["parents"] = json.loads(row["parents"])
                found[row["event"]] = row
        if sorted(found) != list(range(after + 1, after + 1 + len(found))):
            problems.append(f"events after {after} are not numbered in turn: {sorted(found)[:9]}")
        for number, event in self.events.items():
            if number > after and found.get(number) != event:
                problems.append(f"event {number} was {event} and is {found.get(number)}")
        self.events.update(found)
        return problems

    def stories(self):
        stories = collections.defaultdict(list)
        for number in range(self.n_settled + 1, len(self.events) + 1):
            stories[self.events[number]["flowfile"]].append(self.events[number])
        return stories

    def settle(self):
        """After check (is_end=True): there is nothing to come of any of it."""
        self.n_settled = len(self.events)
        self.settled = {oracle.name_of(number) for number in self.case.given} | self.case.outputs().keys()

    def check(self, is_end=False):
        """Returns what is wrong with all that was read; at the end also what is missing."""
        stories = self.stories()
        problems = [problem for flowfile in stories
                    for problem in check_story(flowfile, stories, is_end)]
        problems += self.check_outside(stories, is_end)
        return problems

    def check_outside(self, stories, is_end):
        """What was told to have come and gone against the files themselves."""
        received, sent, made = collections.Counter(), collections.Counter(), collections.Counter()
        outputs = {name: data for name, data in self.case.outputs().items() if name not in self.settled}
        sizes = {}
        for story in stories.values():
            if story[0]["component"] == "get":
                received[name_of(story[0])] += 1
            for parent in story[0]["parents"]:
                made[parent] += 1
            for event in story:
                if event["type"] == "SEND":
                    sent[name_of(event)] += 1
                    sizes[name_of(event)] = event["size"]
        given = {oracle.name_of(number) for number in self.case.given} - self.settled
        problems = [f"{name} was never given and is told to have come" for name in received.keys() - given]
        problems += [f"{name} is told to have come {n} times" for name, n in received.items() if n > 1]
        problems += [f"{name} is told to have gone {n} times" for name, n in sent.items() if n > 1]
        problems += [f"{name} is told to have gone and is not there" for name in sent.keys() - outputs.keys()]
        problems += [f"{name} has {len(outputs[name])} bytes and is told to have {size}"
                     for name, size in sizes.items() if name in outputs and len(outputs[name]) != size]
        if is_end:
            problems += [f"nothing is told of {name}, which came" for name in given - received.keys()]
            problems += [f"nothing is told of {name}, which went" for name in outputs.keys() - sent.keys()]
            problems += [f"{name_of(stories[parent][0])} is told to have {n} children" for parent, n in made.items()
                         if parent in stories and n != n_children(name_of(stories[parent][0]))]
        return problems


def name_of(event):
    return event["uri"].rpartition("/")[2]


def n_children(name):
    return len(oracle.outputs_of(int(name[1:]))) - (name[0] == "c")


def check_story(flowfile, stories, is_end):
    """One FlowFile: its events, their order, their places, their sizes, their times."""
    story = stories[flowfile]
    birth = story[0]
    parent = stories.get(birth["parents"][0]) if birth["parents"] else None
    origin = name_of(parent[0] if parent else birth) if parent or birth["uri"] else "?"
    expected = STORIES.get((birth["type"], birth["component"], origin[0]))
    told = [(event["type"], event["component"]) for event in story]
    what = f"{flowfile}, of {origin}: {told}"
    if expected is None or (birth["type"] == "RECEIVE") != (not birth["parents"]) or len(birth["parents"]) > 1:
        return [f"{what} cannot begin so, with parents {birth['parents']}"]
    expected = [told[0], *expected]
    if told != (expected if is_end else expected[:len(told)]):
        return [f"{what} should be {expected}"]
    problems = []
    if birth["old_size"] is not None or any(event["old_size"] != birth["size"] for event in story[1:]):
        problems.append(f"{what}: its size changes: {[(event['old_size'], event['size']) for event in story]}")
    if parent is None and birth["component"] == "get" and birth["size"] != len(oracle.bytes_of(int(origin[1:]))):
        problems.append(f"{what}: it had {birth['size']} bytes when it came")
    if [event["time_us"] for event in story] != sorted(event["time_us"] for event in story):
        problems.append(f"{what}: its times are not in order: {[event['time_us'] for event in story]}")
    if any(event["parents"] for event in story[1:]):
        problems.append(f"{what}: it has parents beside those of its birth")
    return problems + check_places(what, story)


def check_places(what, story):
    """Each event takes it from where the one before has put it, and the name that goes out is the one it had."""
    problems, place, name = [], None, None
    for event in story:
        if event["source"] != place:
            problems.append(f"{what}: it was in {place} and was taken from {event['source']}")
        if event["type"] == "SEND" and name_of(event) != name:
            problems.append(f"{what}: its name was {name} and {event['uri']} went out")
        place = event["queue"] or place
        name = event.get("filename") or name
    return problems
