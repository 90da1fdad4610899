// SPDX-License-Identifier: MIT
// bitcoinjs-lib as the other side of t_wallet: keys, signatures verified, PSBTs
// signed and finalised.
//
//   key N                    WIF and public key, made of a number
//   verify PSBT              checks every signature; the transaction it comes to
//   sign PSBT WIF...         adds signatures; the PSBT
//   finish PSBT              the transaction
"use strict";
const bitcoin = require("bitcoinjs-lib");
const ecc = require("@bitcoinerlab/secp256k1");
const { ECPairFactory } = require("ecpair");

const network = bitcoin.networks.regtest;
const ECPair = ECPairFactory(ecc);
bitcoin.initEccLib(ecc);

const good = (pubkey, hash, signature) =>
	pubkey.length === 32
		? ecc.verifySchnorr(hash, pubkey, signature)
		: ECPair.fromPublicKey(pubkey).verify(hash, signature);
const psbt = (text) => bitcoin.Psbt.fromBase64(text, { network });

const [what, ...args] = process.argv.slice(2);
switch (what) {
case "key": {
	const secret = new Uint8Array(32).fill(Number(args[0]));
	const key = ECPair.fromPrivateKey(Buffer.from(secret), { network });
	console.log(key.toWIF(), Buffer.from(key.publicKey).toString("hex"));
	break;
}
case "verify": {
	const p = psbt(args[0]);
	if (!p.validateSignaturesOfAllInputs(good))
		throw new Error("a signature is not valid");
	p.finalizeAllInputs();
	console.log(p.extractTransaction(true).toHex());
	break;
}
case "sign": {
	const p = psbt(args[0]);
	for (const wif of args.slice(1))
		p.signAllInputs(ECPair.fromWIF(wif, network));
	console.log(p.toBase64());
	break;
}
case "finish": {
	const p = psbt(args[0]);
	p.finalizeAllInputs();
	console.log(p.extractTransaction(true).toHex());
	break;
}
default:
	throw new Error("unknown: " + what);
}
