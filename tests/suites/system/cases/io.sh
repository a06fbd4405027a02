# fio with all its engines, each with verification.
. /case/lib.bash
cd /var/tmp || exit 99
try fio --enghelp
job()
{
	local name=$1

	shift
	echo "\$ $name $*"
	fio --name="$name" --size=2M --bs=16k --filename_format="file.\$jobnum.\$filenum" --verify=crc32c \
		--verify_fatal=1 --randseed=7 --output-format=json --output=out \
		--thread="${THREAD:-0}" "$@" >err 2>&1 || echo "= $?"
	sed 's/: [a-z]* offset=.*//; s/file file[.0-9]*/file/' err | sort -u
	sed -i '/^fio:/d' out
	jq -c '.jobs[] | [.error, .read.io_bytes, .read.total_ios, .write.io_bytes, .write.total_ios, .trim.total_ios]' out
	rm -f file* out err
}
for engine in sync psync vsync pvsync pvsync2 mmap posixaio libaio io_uring; do
	job $engine --ioengine=$engine --rw=randwrite --iodepth=8
	THREAD=1 job $engine --ioengine=$engine --rw=write --iodepth=4 --numjobs=2 --do_verify=0
done
for o in fixedbufs registerfiles nonvectored hipri sqthread_poll; do
	job uring-$o --ioengine=io_uring --rw=randwrite --iodepth=16 --$o=1
done
job uring-direct --ioengine=io_uring --direct=1 --rw=randrw --iodepth=16 --norandommap --verify_backlog=0 --do_verify=0
job uring-batch --ioengine=io_uring --rw=randwrite --iodepth=32 --iodepth_batch=8 --iodepth_batch_complete_min=1 --iodepth_batch_complete_max=32
job aio-direct --ioengine=libaio --direct=1 --rw=randwrite --iodepth=16
job aio-nowait --ioengine=libaio --userspace_reap --rw=randread --iodepth=16 --verify=0
job splice --ioengine=splice --rw=write --verify=0
job falloc --ioengine=falloc --rw=write --verify=0
job fsync --ioengine=psync --rw=write --fsync=4 --fdatasync=8 --sync_file_range=write:4
job mix --ioengine=psync --rw=randrw --rwmixread=70 --nrfiles=8 --openfiles=4 --norandommap --do_verify=0 --numjobs=4 --group_reporting
job md5 --ioengine=psync --rw=randwrite --verify=md5
job sha --ioengine=psync --rw=randwrite --verify=sha256
job xx --ioengine=psync --rw=randwrite --verify=xxhash
job pattern --ioengine=io_uring --rw=write --verify=pattern --verify_pattern=0xdeadbeef
job rate --ioengine=psync --rw=write --rate_iops=2000 --cpus_allowed=0
sh 'fio --name=net --ioengine=net --protocol=tcp --port=8765 --listen --rw=read --size=1M --output=/dev/null & sleep 2; fio --name=net --ioengine=net --protocol=tcp --hostname=127.0.0.1 --port=8765 --rw=write --size=1M --output-format=json | jq ".jobs[0].write.io_bytes"; wait'
# Not --cpuclock-test: virtual machines' TSCs may be out of step.
sh 'fio --crctest=crc32c 2>&1 | grep -c crc32c'
sh 'fio --server=127.0.0.1,8766 >/dev/null 2>&1 & p=$!; sleep 2; printf "[j]\nioengine=psync\nrw=write\nsize=1M\nfilename=/var/tmp/rf\n" >j; fio --client=127.0.0.1,8766 --output-format=json j 2>/dev/null | grep -m 1 -o "\"error\" : 0"; kill $p'
