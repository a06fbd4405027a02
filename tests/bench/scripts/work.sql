create table t (id integer primary key, a integer, b text, c real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
insert into t select i, i * 7919 % 1009, 'row ' || (i * 31 % 997), i / 7.0
from n;
create index t_a on t (a);
create index t_b on t (b);
select count(*), sum(a), round(sum(c), 3) from t;
select a, count(*), max(b) from t group by a order by 2 desc, 1 limit 5;
select count(*) from t x join t y on x.a = y.a + 1 where y.id < 3000;
select count(*), min(b) from t where b like '%9%5';
update t set c = c * 2 where a between 100 and 300;
delete from t where id % 3 = 0;
select round(sum(c), 3), count(distinct b) from t;
