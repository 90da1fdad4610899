# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# bash completion for Quarry's programs. Options and commands are asked of the
# program itself (--help); only the words behind some commands are known here.

_quarry() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local program=${COMP_WORDS[0]} command="" second="" help words

	COMPREPLY=()
	if [ "${program##*/}" = quarry ] && [ "$COMP_CWORD" -gt 1 ]; then
		command=${COMP_WORDS[1]}
	fi
	case $prev in
	--network)
		words="main testnet3 testnet4 signet regtest"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
		;;
	--db | --conf | --data | --socket | --chain | --out | --resolver)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	case $command in
	account) words="add list role lock unlock password sessions revoke token invite audit key totp" ;;
	chain) words="new show check status" ;;
	key) words="new maker" ;;
	snapshot) words="save load list branch delete" ;;
	key) words="new words derive descriptor maker" ;;
	lab) words="state mine faucet reorg fork advance mocktime fees invalidate reconsider precious snapshot" ;;
	wallet) words="create restore list address balance history coins send sweep bump psbt sign label lock unlock backup import descriptors" ;;
	signer) words="list create restore import key unlock lock words" ;;
	peers) words="list add remove ban unban score why" ;;
	*) words="" ;;
	esac
	if [ -n "$words" ] && [ "$COMP_CWORD" -eq 2 ] && [ "${cur#-}" = "$cur" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	if [ "$command" = chain ] && [ "$COMP_CWORD" -gt 2 ]; then
		second=${COMP_WORDS[2]}
	fi
	help=$("$program" ${command:+"$command"} ${second:+"$second"} --help 2>/dev/null </dev/null)
	if [ "${program##*/}" = quarry ] && [ "$COMP_CWORD" -eq 1 ] && [ "${cur#-}" = "$cur" ]; then
		# Lines that begin with two blanks and a word are commands.
		words=$(sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' <<<"$help")
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	elif [ "${cur#-}" != "$cur" ]; then
		words=$(grep -oE -- '--[a-z][a-z-]*' <<<"$help" | sort -u)
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	else
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	fi
}
complete -F _quarry quarry quarry.fcgi quarry-miner quarry-relay quarry-resolve \
	quarry-signer quarry-validator
