/* SPDX-License-Identifier: MIT */
/*
 * main() of a fuzz target without libFuzzer: replays a corpus as a test.
 *
 *   fuzz_NAME              $QUARRY_SRC/tests/fuzz/corpus/NAME, then mutations
 *   fuzz_NAME PATH...      these files and folders, no mutations
 *
 * 1. Each file of the corpus runs once, in the order of their names.
 * 2. MUTATIONS inputs made from them run: flips, cuts, insertions, joins. They
 *    come from a fixed seed, so every run is the same; TIME_LIMIT_S only cuts
 *    the list short on a slow machine.
 * 3. A child does the work. The input it is about to run lies in memory shared
 *    with the parent, which writes it to crash-NAME (in $QUARRY_LOGS, or here)
 *    when the child dies or one input takes longer than INPUT_LIMIT_S.
 *
 * Prints one TAP line for each of the first two.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	MUTATIONS = 20000,
	TIME_LIMIT_S = 10,
	INPUT_LIMIT_S = 10,
	INPUT_BYTES = 1 << 20,
	CORPUS_FILES = 10000,
};

struct input {
	uint8_t *p;
	size_t len;
};

/* Seen by parent and child. */
struct shared {
	size_t len;
	size_t done;
	char from[512];
	uint8_t bytes[INPUT_BYTES];
};

struct corpus {
	struct input *file;
	char (*name)[512];
	size_t n;
};

static uint64_t random_state;

/* xorshift64*: the same numbers on every machine. */
static uint64_t random_below(uint64_t n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * UINT64_C(2685821657736338717) >> 16) % n;
}

static void fail(const char *what, const char *which)
{
	fprintf(stderr, "fuzz: %s: %s\n", which, what);
	exit(1);
}

static void add_file(struct corpus *c, const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(INPUT_BYTES);
	size_t n;

	if (!f || !p)
		fail("cannot be read", path);
	if (c->n == CORPUS_FILES)
		fail("too many files", path);
	n = fread(p, 1, INPUT_BYTES, f);
	fclose(f);
	/* Exactly as large as the input, so that ASan sees a read past it. */
	c->file[c->n].p = malloc(n ? n : 1);
	if (!c->file[c->n].p)
		fail("no memory", path);
	memcpy(c->file[c->n].p, p, n);
	c->file[c->n].len = n;
	snprintf(c->name[c->n], sizeof(c->name[c->n]), "%s", path);
	c->n++;
	free(p);
}

static void add_path(struct corpus *c, const char *path)
{
	struct dirent **entry;
	struct stat st;
	int n;

	if (stat(path, &st) != 0)
		fail("is not there", path);
	if (!S_ISDIR(st.st_mode)) {
		add_file(c, path);
		return;
	}
	n = scandir(path, &entry, NULL, alphasort);
	if (n < 0)
		fail("cannot be listed", path);
	for (int i = 0; i < n; i++) {
		char sub[4096];

		snprintf(sub, sizeof(sub), "%s/%s", path, entry[i]->d_name);
		if (entry[i]->d_name[0] != '.')
			add_path(c, sub);
		free(entry[i]);
	}
	free(entry);
}

/* Changes in by one small step; it has room for INPUT_BYTES bytes. */
static void mutate(struct input *in, const struct corpus *c)
{
	static const uint8_t edge[] = {0x00, 0x01, 0x7f, 0x80, 0xfc,
				       0xfd, 0xfe, 0xff};
	size_t at = in->len ? random_below(in->len) : 0;
	size_t rest = in->len - at;
	const struct input *other;
	size_t n;

	switch (in->len ? random_below(7) : 6) {
	case 0: /* one bit */
		in->p[at] ^= (uint8_t)(1u << random_below(8));
		break;
	case 1: /* one byte, of the values that lengths turn on */
		in->p[at] = edge[random_below(sizeof(edge))];
		break;
	case 2: /* cut the tail */
		in->len = at;
		break;
	case 3: /* take out a piece */
		n = 1 + random_below(rest);
		memmove(in->p + at, in->p + at + n, rest - n);
		in->len -= n;
		break;
	case 4: /* say a piece twice */
		n = 1 + random_below(rest < 64 ? rest : 64);
		if (in->len + n > INPUT_BYTES)
			break;
		memmove(in->p + at + n, in->p + at, rest);
		in->len += n;
		break;
	case 5: /* a run of one byte */
		n = random_below(rest < 8 ? rest : 8) + 1;
		memset(in->p + at, edge[random_below(sizeof(edge))], n);
		break;
	case 6: /* go on as another file does */
		other = &c->file[random_below(c->n)];
		if (at > other->len)
			break;
		memcpy(in->p + at, other->p + at, other->len - at);
		in->len = other->len;
		break;
	}
}

static void run_one(struct shared *s, const char *from, const uint8_t *p,
		    size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);

	if (!exact)
		fail("no memory", from);
	if (len) {
		memcpy(exact, p, len);
		memcpy(s->bytes, p, len);
	}
	s->len = len;
	snprintf(s->from, sizeof(s->from), "%s", from);
	alarm(INPUT_LIMIT_S);
	LLVMFuzzerTestOneInput(exact, len);
	alarm(0);
	s->done++;
	free(exact);
}

static void run_files(struct shared *s, const struct corpus *c)
{
	for (size_t i = 0; i < c->n; i++)
		run_one(s, c->name[i], c->file[i].p, c->file[i].len);
}

static void run_mutations(struct shared *s, const struct corpus *c)
{
	struct input in = {malloc(INPUT_BYTES), 0};
	time_t end = time(NULL) + TIME_LIMIT_S;

	if (!in.p)
		fail("no memory", "mutations");
	random_state = UINT64_C(0x9e3779b97f4a7c15);
	for (int i = 0; i < MUTATIONS && time(NULL) < end; i++) {
		size_t base = random_below(c->n);

		in.len = c->file[base].len;
		memcpy(in.p, c->file[base].p, in.len);
		for (uint64_t k = 1 + random_below(4); k > 0; k--)
			mutate(&in, c);
		run_one(s, c->name[base], in.p, in.len);
	}
	free(in.p);
}

/* Runs work in a child; prints its TAP line. True when it passed. */
static bool guarded(int number, const char *name, const char *what,
		    void (*work)(struct shared *, const struct corpus *),
		    struct shared *s, const struct corpus *c)
{
	const char *logs = getenv("QUARRY_LOGS");
	char path[4096];
	int code = 0;
	FILE *f;
	pid_t child;

	s->done = 0;
	s->from[0] = '\0';
	fflush(stdout);
	child = fork();
	if (child < 0)
		fail("cannot fork", name);
	if (child == 0) {
		work(s, c);
		exit(0);
	}
	if (waitpid(child, &code, 0) != child)
		fail("cannot wait", name);
	if (code == 0) {
		printf("ok %d - %s: %zu inputs, %s\n", number, name, s->done,
		       what);
		return true;
	}
	snprintf(path, sizeof(path), "%s/crash-%s", logs ? logs : ".", name);
	f = fopen(path, "wb");
	if (f) {
		fwrite(s->bytes, 1, s->len, f);
		fclose(f);
	}
	printf("not ok %d - %s: input %zu, %s\n", number, name, s->done + 1,
	       what);
	printf("# %s on %zu bytes made from %s; they are in %s\n",
	       WIFSIGNALED(code) && WTERMSIG(code) == SIGALRM ? "too slow"
							      : "crashed",
	       s->len, s->from, path);
	return false;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1
						 : argv[0];
	struct corpus c = {malloc(CORPUS_FILES * sizeof(*c.file)),
			   malloc(CORPUS_FILES * sizeof(*c.name)), 0};
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool good;

	if (!c.file || !c.name || s == MAP_FAILED)
		fail("no memory", name);
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	for (int i = 1; i < argc; i++)
		add_path(&c, argv[i]);
	if (argc == 1) {
		const char *src = getenv("QUARRY_SRC");
		char path[4096];

		snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
			 src ? src : ".", name);
		add_path(&c, path);
	}
	if (c.n == 0)
		fail("the corpus is empty", name);

	printf("1..%d\n", argc == 1 ? 2 : 1);
	good = guarded(1, name, "the corpus", run_files, s, &c);
	if (argc == 1)
		good &= guarded(2, name, "mutated", run_mutations, s, &c);
	for (size_t i = 0; i < c.n; i++)
		free(c.file[i].p);
	free(c.file);
	free(c.name);
	munmap(s, sizeof(*s));
	return good ? 0 : 1;
}
