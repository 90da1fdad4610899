/* SPDX-License-Identifier: MIT */
/*
 * mine: how fast does this machine search nonces?
 *
 * Prints millions of header hashes a second for each kernel, on one core and on
 * all, and OpenSSL's SHA-256 on single 64-byte messages (SHA256_Init, Update,
 * Final, its fast path) for comparison. The last line, `ratio: R`, is the best
 * kernel on one core over OpenSSL's messages per second in the same run.
 *
 * Other programs and the clock of the processor disturb: figures for one core
 * count the thread's own processor time, each is the best of several short
 * rounds, and the rounds of all contestants are interleaved. Figures for all
 * cores are by the clock on the wall.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/sha.h>

#include "base/bytes.h"
#include "crypto/powscan.h"

#define ROUNDS 7
#define ROUND_S 0.06
#define KERNELS_MAX 8
#define THREADS_MAX 256

struct worker {
	pthread_t id;
	const struct powscan_kernel *kernel;
	double rate;
	uint32_t seed;
};

static double now_s(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Messages a second, one after the other. */
static double openssl_rate(double seconds)
{
	uint8_t msg[64] = {1}, md[32];
	double start = now_s(CLOCK_THREAD_CPUTIME_ID), end;
	uint64_t n = 0;

	do {
		for (int i = 0; i < 4096; i++) {
			SHA256_CTX c;

			SHA256_Init(&c);
			SHA256_Update(&c, msg, sizeof(msg));
			SHA256_Final(md, &c);
			memcpy(msg, md, sizeof(md));
		}
		n += 4096;
		end = now_s(CLOCK_THREAD_CPUTIME_ID);
	} while (end - start < seconds);
	return (double)n / (end - start);
}

/* Header hashes a second; the target is one that is never met. */
static double kernel_rate(const struct powscan_kernel *k, clockid_t clock,
			  double seconds, uint32_t seed)
{
	struct powscan_job job = {.target = {{0}}};
	struct powscan_result r;
	double start, end;
	uint64_t n = 0;

	le32_put(job.header + 36, seed);
	start = now_s(clock);
	do {
		powscan(k, &job, (uint32_t)n, 1 << 17, NULL, &r);
		n += r.hashes;
		end = now_s(clock);
	} while (end - start < seconds);
	return (double)n / (end - start);
}

static void *work(void *arg)
{
	struct worker *w = arg;

	w->rate = kernel_rate(w->kernel, CLOCK_MONOTONIC, 0.4, w->seed);
	return NULL;
}

static double all_cores_rate(const struct powscan_kernel *k, unsigned threads)
{
	static struct worker w[THREADS_MAX];
	double sum = 0;
	unsigned started = 0;

	for (unsigned i = 0; i < threads; i++) {
		w[i] = (struct worker){.kernel = k, .seed = i};
		if (pthread_create(&w[i].id, NULL, work, &w[i]) != 0)
			break;
		started++;
	}
	for (unsigned i = 0; i < started; i++) {
		pthread_join(w[i].id, NULL);
		sum += w[i].rate;
	}
	return sum;
}

int main(int argc, char **argv)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	double ossl = 0, best = 0, one[KERNELS_MAX] = {0};
	const struct powscan_kernel *k;

	if (argc != 1) {
		fprintf(stderr, "usage: %s\n", argv[0]);
		return 2;
	}
	if (cores < 1)
		cores = 1;
	if (cores > THREADS_MAX)
		cores = THREADS_MAX;
	for (int i = 0; i < ROUNDS; i++) {
		double v = openssl_rate(ROUND_S);

		if (v > ossl)
			ossl = v;
		for (size_t j = 0; j < KERNELS_MAX && (k = powscan_kernel(j)); j++) {
			v = kernel_rate(k, CLOCK_THREAD_CPUTIME_ID, ROUND_S,
					(uint32_t)i);
			if (v > one[j])
				one[j] = v;
		}
	}
	printf("%-10s %14s %16s %8s\n", "", "one core", "all cores", "ratio");
	printf("%-10s %9.2f MH/s\n", "openssl", ossl * 1e-6);
	for (size_t j = 0; j < KERNELS_MAX && (k = powscan_kernel(j)); j++) {
		printf("%-10s %9.2f MH/s %11.2f MH/s %8.2f\n", powscan_name(k),
		       one[j] * 1e-6, all_cores_rate(k, (unsigned)cores) * 1e-6,
		       one[j] / ossl);
		if (one[j] > best)
			best = one[j];
	}
	printf("cores: %ld\n", cores);
	printf("ratio: %.2f\n", best / ossl);
	return 0;
}
