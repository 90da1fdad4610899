/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 over several messages at once: lane i of every vector belongs to
 * message i. A file that includes this has defined, for its instruction set,
 *
 *   V                the vector type, LANES numbers of 32 bits
 *   V_SET(x)         x in every lane
 *   V_ADD(a, b)      sum
 *   V_ROR(a, n) V_SHR(a, n)      rotation and shift right by a constant
 *   V_LOAD(p) V_STORE(p, a)      from and to aligned memory
 *   V_XOR3(a, b, c) V_CH(a, b, c) V_MAJ(a, b, c)
 *
 * Message words are kept in w[16], word t in w[t & 15]. The eight state
 * variables do not move from round to round; their roles do.
 */
#ifndef QUARRY_CRYPTO_SHA256_LANES_H
#define QUARRY_CRYPTO_SHA256_LANES_H

/* From here on the compiler does not know the value of x, a number or pointer. */
#define V_HIDE(x) __asm__("" : "+r"(x))

/* Computes x here and not, as the compiler likes to, where it is used; for
 * instruction sets where it matters. */
#ifndef V_NOW
#define V_NOW(x) ((void)0)
#endif

#define L_SUM0(x) V_XOR3(V_ROR(x, 2), V_ROR(x, 13), V_ROR(x, 22))
#define L_SUM1(x) V_XOR3(V_ROR(x, 6), V_ROR(x, 11), V_ROR(x, 25))
#define L_SIG0(x) V_XOR3(V_ROR(x, 7), V_ROR(x, 18), V_SHR(x, 3))
#define L_SIG1(x) V_XOR3(V_ROR(x, 17), V_ROR(x, 19), V_SHR(x, 10))

/*
 * One round. h comes with K + W of this round already added, and g leaves, as
 * the next round's h, as `next`: g with K + W of the next round. Looking ahead
 * like this frees g before V_CH, whose result can take its register. Ordered so
 * that the longest chain, from e to the next e, is four operations.
 */
#define L_ROUND(a, b, c, d, e, f, g, h, next)                                  \
	do {                                                                   \
		V n_ = next;                                                   \
		V_NOW(n_);                                                     \
		V t_ = V_ADD(V_ADD(h, V_CH(e, f, g)), L_SUM1(e));              \
		V u_ = V_ADD(L_SUM0(a), V_MAJ(a, b, c));                       \
		g = n_;                                                        \
		d = V_ADD(d, t_);                                              \
		h = V_ADD(t_, u_);                                             \
	} while (0)
/* A round of which only the new e is wanted. */
#define L_ROUND_E(d, e, f, g, h, next)                                         \
	do {                                                                   \
		V n_ = next;                                                   \
		V_NOW(n_);                                                     \
		d = V_ADD(d, V_ADD(V_ADD(h, V_CH(e, f, g)), L_SUM1(e)));       \
		g = n_;                                                        \
	} while (0)

/* Round t by t mod 8, on variables named a to h; kw is K + W of round t + 1. */
#define L_R0(kw) L_ROUND(a, b, c, d, e, f, g, h, V_ADD(g, kw))
#define L_R1(kw) L_ROUND(h, a, b, c, d, e, f, g, V_ADD(f, kw))
#define L_R2(kw) L_ROUND(g, h, a, b, c, d, e, f, V_ADD(e, kw))
#define L_R3(kw) L_ROUND(f, g, h, a, b, c, d, e, V_ADD(d, kw))
#define L_R4(kw) L_ROUND(e, f, g, h, a, b, c, d, V_ADD(c, kw))
#define L_R5(kw) L_ROUND(d, e, f, g, h, a, b, c, V_ADD(b, kw))
#define L_R6(kw) L_ROUND(c, d, e, f, g, h, a, b, V_ADD(a, kw))
#define L_R7(kw) L_ROUND(b, c, d, e, f, g, h, a, V_ADD(h, kw))
/* Round 7 of eight without a look ahead. */
#define L_R7_LAST() L_ROUND(b, c, d, e, f, g, h, a, h)

/* K + W for round t; k is the table of round constants. */
#define L_KW(t) V_ADD(w[(t) & 15], V_SET(k[t]))
/* Replaces word t - 16 by word t. */
#define L_NEXT(t)                                                              \
	(w[(t) & 15] = V_ADD(V_ADD(L_SIG1(w[((t) - 2) & 15]),                  \
				   w[((t) - 7) & 15]),                         \
			     V_ADD(L_SIG0(w[((t) - 15) & 15]), w[(t) & 15])))

/* Round t - 1, word t made first; kt points to the constant of the last round
 * before t - 1 that is a multiple of 16, so that a loop may run over it. */
#define L_STEP(round, kt, t)                                                   \
	do {                                                                   \
		L_NEXT(t);                                                     \
		round(V_ADD(w[(t) & 15], V_SET((kt)[(t) & 15])));              \
	} while (0)
/* Sixteen rounds, from a plain state to a plain state. */
#define L_SIXTEEN(kt)                                                          \
	do {                                                                   \
		L_NEXT(0);                                                     \
		h = V_ADD(h, V_ADD(w[0], V_SET((kt)[0])));                     \
		L_STEP(L_R0, kt, 1);                                           \
		L_STEP(L_R1, kt, 2);                                           \
		L_STEP(L_R2, kt, 3);                                           \
		L_STEP(L_R3, kt, 4);                                           \
		L_STEP(L_R4, kt, 5);                                           \
		L_STEP(L_R5, kt, 6);                                           \
		L_STEP(L_R6, kt, 7);                                           \
		L_STEP(L_R7, kt, 8);                                           \
		L_STEP(L_R0, kt, 9);                                           \
		L_STEP(L_R1, kt, 10);                                          \
		L_STEP(L_R2, kt, 11);                                          \
		L_STEP(L_R3, kt, 12);                                          \
		L_STEP(L_R4, kt, 13);                                          \
		L_STEP(L_R5, kt, 14);                                          \
		L_STEP(L_R6, kt, 15);                                          \
		L_R7_LAST();                                                   \
	} while (0)

#endif
