# jobs.mk - many small jobs for make -j: 60 files, made from one another.

numbers := $(shell seq 1 20)
all: sum

a.%:
	@echo $* >$@
b.%: a.%
	@expr `cat $<` \* 2 >$@
c.%: b.%
	@sed 's/$$/0/' $< >$@
sum: $(foreach n,$(numbers),c.$(n))
	@cat $^ | awk '{ s += $$1 } END { exit s != 4200 }'
	@echo "the sum is right" >$@
.PRECIOUS: a.% b.%
