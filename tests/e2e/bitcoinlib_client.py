# SPDX-License-Identifier: MIT
# What t_bitcoinlib runs: bitcoinlib_client.py HOST:PORT USER PASSWORD. A wallet by
# python-bitcoinlib: its RPC proxy, its keys, scripts and signatures. Prints TAP.
import sys

import bitcoin
import bitcoin.rpc
from bitcoin.core import (COIN, CMutableTransaction, CMutableTxIn, CMutableTxOut, COutPoint,
                          CTxInWitness, CTxWitness, Hash160, b2lx, lx)
from bitcoin.core.script import (OP_0, OP_CHECKSIG, SIGHASH_ALL, SIGVERSION_WITNESS_V0, CScript,
                                 CScriptWitness, SignatureHash)
from bitcoin.wallet import CBitcoinSecret, P2PKHBitcoinAddress, CBitcoinAddress
import hashlib

bitcoin.SelectParams("regtest")
where, user, password = sys.argv[1:4]
proxy = bitcoin.rpc.Proxy(service_url="http://%s:%s@%s" % (user, password, where))
n = failed = 0


def expect(name, want, seen):
    global n, failed
    n += 1
    good = want == seen
    failed += not good
    print("%s %d - %s" % ("ok" if good else "not ok", n, name))
    if not good:
        print("# wanted: %r\n# seen:   %r" % (want, seen))


key = CBitcoinSecret.from_secret_bytes(hashlib.sha256(b"a key for tests").digest())
inner = CScript([key.pub, OP_CHECKSIG])
program = CScript([OP_0, Hash160(key.pub)])
forms = {
    "p2pk": inner,
    "p2pkh": P2PKHBitcoinAddress.from_pubkey(key.pub).to_scriptPubKey(),
    "p2sh": inner.to_p2sh_scriptPubKey(),
    "p2wpkh": program,
    "p2wsh": CScript([OP_0, hashlib.sha256(inner).digest()]),
    "p2sh-p2wpkh": program.to_p2sh_scriptPubKey(),
}


def sign(tx, form, spk, value):
    def signature(script, **more):
        return key.sign(SignatureHash(script, tx, 0, SIGHASH_ALL, **more)) + bytes([SIGHASH_ALL])

    def witness(*items):
        tx.wit = CTxWitness([CTxInWitness(CScriptWitness(items))])

    v0 = {"amount": value, "sigversion": SIGVERSION_WITNESS_V0}
    pkh = forms["p2pkh"]
    if form == "p2pk":
        tx.vin[0].scriptSig = CScript([signature(spk)])
    elif form == "p2pkh":
        tx.vin[0].scriptSig = CScript([signature(spk), key.pub])
    elif form == "p2sh":
        tx.vin[0].scriptSig = CScript([signature(inner), inner])
    elif form == "p2wpkh":
        witness(signature(pkh, **v0), key.pub)
    elif form == "p2wsh":
        witness(signature(inner, **v0), inner)
    else:
        tx.vin[0].scriptSig = CScript([program])
        witness(signature(pkh, **v0), key.pub)


expect("the chain is there", 101, proxy.getblockcount())
mine = str(P2PKHBitcoinAddress.from_pubkey(key.pub))
first = proxy.getblockcount() + 1
proxy.generatetoaddress(100 + len(forms), CBitcoinAddress(mine))
for i, (form, spk) in enumerate(forms.items()):
    coin = proxy.getblock(proxy.getblockhash(first + i)).vtx[0]
    value = coin.vout[0].nValue
    fund = CMutableTransaction([CMutableTxIn(COutPoint(coin.GetTxid(), 0))],
                               [CMutableTxOut(value - 10000, spk)])
    sign(fund, "p2pkh", forms["p2pkh"], value)
    txid = proxy.sendrawtransaction(fund)
    expect("%s: paid to" % form, fund.GetTxid(), txid)
    spend = CMutableTransaction([CMutableTxIn(COutPoint(txid, 0))],
                                [CMutableTxOut(value - 30000, forms["p2pkh"])])
    sign(spend, form, spk, value - 10000)
    expect("%s: spent" % form, spend.GetTxid(), proxy.sendrawtransaction(spend))
    expect("%s: as it was sent" % form, spend.serialize(), proxy.getrawtransaction(spend.GetTxid()).serialize())
expect("the pool has them all", 2 * len(forms), len(proxy.getrawmempool()))
block = proxy.getblock(list(proxy.generatetoaddress(1, CBitcoinAddress(mine)))[0])
expect("and a block takes them", 2 * len(forms) + 1, len(block.vtx))
expect("whose merkle root is right", block.hashMerkleRoot, block.calc_merkle_root())
out = proxy.gettxout(COutPoint(block.vtx[-1].GetTxid(), 0))
expect("an output", block.vtx[-1].vout[0].nValue, out["txout"].nValue)
bad = CMutableTransaction([CMutableTxIn(COutPoint(lx("11" * 32), 0))], [CMutableTxOut(COIN, forms["p2pkh"])])
try:
    proxy.sendrawtransaction(bad)
    expect("a transaction without coins", "refused", "taken")
except bitcoin.rpc.VerifyError as e:
    expect("a transaction without coins is its VerifyError", -25, e.error["code"])
except bitcoin.rpc.JSONRPCError as e:
    expect("a transaction without coins is refused as Core does", -25, e.error["code"])
try:
    proxy.getblock(lx("22" * 32))
    expect("a block that is not there", "refused", "taken")
except IndexError:
    expect("a block that is not there is its IndexError", True, True)
print("1..%d" % n)
sys.exit(failed != 0)
